// Words for something else than what was asked for: what it is, and what to give instead, where
// more can be said than the code’s own remedy.
import type { GivenThing } from '../given-instead.ts'
import type { Remedy } from './entry.ts'

const UNPACK = 'Unpack it, and give the file in it.'
const SHOWN = 'Give the file itself, not a document that shows it.'
const ENTER_CERTIFICATE = 'Enter a certificate alone on the page “Single fields”.'

/** By context: the codes that say so, what was asked for, and what to do. */
export const INSTEAD = {
  metadata: {
    codes: ['metadata_other'],
    asked: 'the metadata of an IdP',
    remedies: {
      'a web page':
        'Sign in to the IdP, download its metadata as an XML file, and give that file. A ' +
        'metadata URL must answer with XML, without a sign-in.',
      'a certificate': `Give the metadata XML. ${ENTER_CERTIFICATE}`,
      'a bundle (PKCS#7)': `Give the metadata XML. ${ENTER_CERTIFICATE}`,
      'a URL':
        'Enter it on the page “Metadata URL”. Or open it, and give the XML that it answers with.',
      JSON:
        'It may be the configuration of OpenID Connect. Give the SAML metadata of the IdP, which ' +
        'is XML.',
      'a SAML response': 'It is the message of one sign-in. Give the metadata XML of the IdP.',
      'a compressed file': UNPACK,
      'a PDF file': SHOWN,
      'a picture': SHOWN,
      'a Microsoft Office file': SHOWN,
    },
  },
  certificate: {
    codes: ['certificate_malformed'],
    asked: 'an X.509 certificate',
    remedies: {
      'a web page': 'Download the certificate from the IdP as a file, and give that file.',
      'metadata of an IdP': 'Enter it on the page “Metadata file or text”.',
      'a public key without its certificate':
        'Export the certificate itself: as text, it begins with BEGIN CERTIFICATE.',
      'a bundle (PKCS#7)':
        'Export the IdP’s signing certificate alone, as PEM or DER: a .pem, .cer or .crt file.',
      'a certificate request (CSR)': 'Give the certificate that was issued for it.',
      'a certificate':
        'It is damaged: a part is missing or was changed. Export it from the IdP again, and give ' +
        'the file as it is.',
      'a fingerprint':
        'It names a certificate, but does not have its key. Give the certificate itself.',
      'a URL': 'Open it, download the certificate, and give that file.',
      JSON: 'Give the signing certificate from the SAML settings of the IdP.',
      'a SAML response': 'Give the certificate from the settings of the IdP, not from a message.',
      'a compressed file': UNPACK,
      'a PDF file': SHOWN,
      'a picture': SHOWN,
      'a Microsoft Office file': SHOWN,
    },
  },
  people: {
    codes: ['file_other'],
    asked: 'a list of people',
    remedies: {
      'a web page': 'Export or download the users in the IdP as CSV, and give that file.',
      'a Microsoft Office file': 'In Excel, save the sheet as “CSV UTF-8”, and give that file.',
      'metadata of an IdP':
        'Enter it on the page “Metadata file or text”. Here, give the users as a CSV file.',
      'a certificate': 'Add it on the page “Certificates”. Here, give the users as a CSV file.',
      JSON: 'Export the users as CSV, and give that file.',
      'a URL': 'Open it, download the list as CSV, and give that file.',
      'a compressed file': UNPACK,
      'a PDF file': 'Export the users as CSV, and give that file.',
      'a picture': 'Export the users as CSV, and give that file.',
    },
  },
  response: {
    codes: ['response_not_base64', 'response_not_utf8', 'root_not_response'],
    asked: 'a SAML response',
    remedies: {
      'a web page':
        'Take the value of the form field SAMLResponse from the page’s POST to our ACS URL.',
      'metadata of an IdP': 'Give the response of one sign-in, not the settings of the IdP.',
      'a certificate': 'Give the response of one sign-in, not the settings of the IdP.',
      'a private key':
        'Never send it: treat it as leaked, and replace it where it is used. Give the response ' +
        'of one sign-in.',
      'a compressed file': UNPACK,
    },
  },
} as const satisfies Record<string, Instead>

type Instead = {
  codes: readonly string[]
  asked: string
  remedies: Partial<Record<GivenThing, Remedy>>
}

/** Undefined: the code’s own words say more. */
export function insteadOf(
  context: string | undefined,
  code: string,
  given: GivenThing | undefined,
): { title: string; remedy: Remedy | undefined } | undefined {
  if (given === undefined || context === undefined || !Object.hasOwn(INSTEAD, context))
    return undefined
  const { codes, asked, remedies }: Instead = INSTEAD[context as keyof typeof INSTEAD]
  if (!codes.includes(code)) return undefined
  const title =
    given === 'nothing'
      ? 'The file is empty'
      : given === 'a certificate' && context === 'certificate'
        ? 'The certificate cannot be read'
        : `This is ${given}, not ${asked}`
  return { title, remedy: remedies[given] }
}
