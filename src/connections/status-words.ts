// The meaning of a status with which an IdP refuses, in words with a remedy. Pure. Entra's numbers
// may change their meaning (its own page says so): a number outside the table is shown as it is.
import type { CheckRow } from '../saml/response/checks.ts'

/**
 * `title`: what happened. `remedy`: how to mend it. `source`: where that is written. `key`: what
 * it is about: a code, a number of Entra’s, or the name of a message.
 */
export type StatusWords = {
  title: string
  remedy: string
  source: string
  key: string
}

type TitleAndRemedy = readonly [title: string, remedy: string]

const CORE = 'SAML Core §3.2.2.2'
const ENTRA = 'https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes'
const ENTRA_50105 =
  'https://learn.microsoft.com/troubleshoot/azure/active-directory/error-code-aadsts50105-user-not-assigned-role'
const KEYCLOAK =
  'https://github.com/keycloak/keycloak/blob/main/docs/guides/securing-apps/partials/saml/saml-errors.adoc'

const LOG = 'The IdP’s sign-in log says why, at the time of the attempt.'

/** The codes of SAML Core §3.2.2.2 that a login can meet, the second level first: it says more. */
const CODES: Readonly<Record<string, TitleAndRemedy>> = {
  AuthnFailed: [
    'The IdP could not establish who the user is',
    `The user gave up, entered something wrong, or a sign-in rule of the IdP said no. ${LOG}`,
  ],
  InvalidNameIDPolicy: [
    'The IdP does not give the NameID format that we ask for',
    'Clear the NameID format in the connection, or set the application in the IdP to that format.',
  ],
  NoAuthnContext: [
    'The IdP cannot sign the user in by the method that we ask for',
    'Clear the requested authentication context in the connection: which method is good ' +
      'enough is for the IdP to decide.',
  ],
  NoPassive: [
    'The user was not signed in at the IdP, and it was not to ask',
    'We never ask for a silent sign-in: something between us and the IdP does. Sign in ' +
      'at the IdP first, then try again.',
  ],
  RequestDenied: [
    'The IdP understood the request and chose not to answer it',
    `Most often the user may not use the application, or the application is switched off. ${LOG}`,
  ],
  UnknownPrincipal: [
    'The IdP does not know the user',
    'Create the user in the IdP, or sign in there with an account that it knows.',
  ],
  NoAvailableIDP: [
    'The IdP passes sign-ins on to another one, which cannot be reached',
    'Check the IdP behind the IdP.',
  ],
  NoSupportedIDP: [
    'The IdP passes sign-ins on to another one, and supports none of those asked for',
    'Check the IdP behind the IdP.',
  ],
  ProxyCountExceeded: [
    'The IdP would have to pass the sign-in on, and may not',
    'Check the IdP behind the IdP.',
  ],
  InvalidAttrNameOrValue: [
    'The IdP found an attribute that it does not take',
    `Check which attributes the application in the IdP sends. ${LOG}`,
  ],
  UnsupportedBinding: [
    'The IdP does not answer by the binding that we ask for',
    'Set our ACS URL in the IdP to the binding HTTP-POST.',
  ],
  RequestUnsupported: [
    'The IdP does not take requests of this kind',
    'Compare the SSO URL in the connection with the one that the IdP shows.',
  ],
  VersionMismatch: [
    'The IdP expects another version of SAML',
    'Set the application in the IdP to SAML 2.0.',
  ],
  Requester: [
    'The IdP finds fault with our request',
    'Compare our Entity ID, our ACS URL and our certificate in the IdP with those shown ' +
      `here. ${LOG}`,
  ],
  Responder: ['The IdP failed on its own side', LOG],
}

const ASSIGN = 'assign the user, or a group of theirs, under Users and groups of the application.'
const IDENTIFIER =
  'Copy our Entity ID into Basic SAML Configuration › Identifier (Entity ID), exactly, ' +
  'in the directory that the SSO URL names.'
const ACCOUNT =
  'Sign out of Microsoft and in again with an account of that directory, or invite the ' +
  'account as a guest.'
const CONDITIONAL =
  'Entra admin center › Sign-in logs › the attempt › Conditional Access names the ' +
  'policy. Satisfy it, or leave the application out of it.'
const MFA = 'Complete the second factor that Entra asks for, then try again.'

/** Numbers of Entra ID (AADSTS…) that a SAML sign-in meets. */
const ENTRA_NUMBERS: Readonly<Record<number, TitleAndRemedy>> = {
  50011: [
    'Entra does not know our ACS URL',
    'Copy our ACS URL into Basic SAML Configuration › Reply URL.',
  ],
  50020: ['The account belongs to another directory', ACCOUNT],
  50034: ['The account is not in the directory', ACCOUNT],
  50053: [
    'Entra has locked the account, or blocked the address it came from',
    'Sign-in logs say which of the two. A locked account opens again after a while.',
  ],
  50055: ['The user’s password has expired', 'Set a new password in Entra, then try again.'],
  50057: ['The account is disabled in Entra', 'Enable the account in Entra or Active Directory.'],
  50058: [
    'The user was not signed in at Entra, and it was not to ask',
    'Sign in at Microsoft first, then try again; allow third-party cookies where the ' +
      'browser blocks them.',
  ],
  50074: ['The second factor was not given', MFA],
  50076: ['Entra wants a second factor', MFA],
  50079: ['The user has to register a second factor first', MFA],
  50105: [
    'The user is not assigned to the application',
    `In Entra, ${ASSIGN} A group inside a group does not count.`,
  ],
  50126: ['User name or password were wrong', 'Try again with the right password.'],
  53000: ['The device does not comply with a policy', CONDITIONAL],
  53001: ['The device is not joined to the domain', CONDITIONAL],
  53003: ['A Conditional Access policy has blocked the sign-in', CONDITIONAL],
  65001: [
    'Nobody has consented to the application',
    'Grant admin consent in Entra: Enterprise apps › the application › Permissions.',
  ],
  75003: [
    'Entra cannot answer by that binding',
    'Set our ACS URL as Reply URL: it takes HTTP-POST, the only binding by which Entra answers.',
  ],
  75005: [
    'Entra does not take our request',
    'Compare the SSO URL in the connection with Set up … › Login URL. If they are the ' +
      'same, ask support.',
  ],
  75008: [
    'Our request went to another address than it names',
    'Copy Set up … › Login URL into the connection again, exactly.',
  ],
  75011: [
    'The user signed in by another method than we ask for',
    'Clear the requested authentication context in the connection: Entra’s own policies ' +
      'decide about the method.',
  ],
  75016: [
    'Entra does not take the NameID format that we ask for',
    'Clear the NameID format in the connection, or choose emailAddress, persistent, ' +
      'transient or unspecified.',
  ],
  76021: [
    'Entra wants our requests signed',
    'Switch on signed requests in the connection, and upload our certificate under SAML ' +
      'Certificates › Verification certificates.',
  ],
  76026: [
    'Our request was too old when it reached Entra',
    'Try again without waiting. If it comes back, something between us and Entra holds ' +
      'requests back.',
  ],
  90072: ['The account is not in the directory', ACCOUNT],
  90094: [
    'An administrator has to consent to the application',
    'Grant admin consent in Entra: Enterprise apps › the application › Permissions.',
  ],
  501241: [
    'Entra has no value for the NameID of this user',
    'Under Attributes & Claims › Unique User Identifier (Name ID), take an attribute ' +
      'that the user has.',
  ],
  650056: ['Entra does not find the application by our identifier', IDENTIFIER],
  700016: ['Entra does not find the application by our identifier', IDENTIFIER],
  7000112: [
    'The application is disabled in Entra',
    'Enterprise apps › the application › Properties › Enabled for users to sign in: Yes.',
  ],
}

const UNKNOWN_STATUS = ['The IdP refused with a status that SAML does not define', LOG] as const

/** What messages say in words. */
const MESSAGES: readonly {
  key: string
  pattern: RegExp
  words: TitleAndRemedy
  source: string
}[] = [
  {
    key: 'open_too_long',
    pattern: /^authentication_expired$/,
    words: [
      'The sign-in page was open for too long in this tab',
      'Try again: the IdP has a session for the user, so that it goes through at once.',
    ],
    source: KEYCLOAK,
  },
  {
    key: 'not_assigned',
    pattern: /\bnot (?:been )?(?:assigned|authorized|granted)\b|\bno access to\b/i,
    words: [
      'The user is not assigned to the application',
      'Give the user, or a group of theirs, the application in the IdP.',
    ],
    source: 'the message itself',
  },
]

/** Whether the words are of a number of the IdP’s own, and name its screens already. */
export function isOfPreset({ source }: StatusWords): boolean {
  return source === ENTRA || source === ENTRA_50105
}

/**
 * The row `status` of an attempt's checks in words; null where there is none, or where it passed.
 */
export function explainStatus(checks: readonly CheckRow[]): StatusWords | null {
  const row = checks.find(({ code, ok }) => code === 'status' && !ok)
  if (!row) return null
  // As checks.ts writes it: the last parts of the codes, the top level first, and the message after
  // a colon.
  const [, codes = '', message = ''] = /^([^:]*)(?:: (.*))?$/s.exec(row.received) ?? []
  return explain(codes.split(' / '), message)
}

function explain(codes: readonly string[], message: string): StatusWords {
  const number = /AADSTS(\d{5,7})/.exec(message)?.[1]
  if (number !== undefined) {
    const words = ENTRA_NUMBERS[Number(number)]
    const source = Number(number) === 50105 ? ENTRA_50105 : ENTRA
    if (words) return toWords(number, words, source)
    const unknown = [
      `Entra refused with the number ${number}`,
      `Look it up: https://login.microsoftonline.com/error?code=${number}`,
    ] as const
    return toWords(number, unknown, source)
  }
  const said = MESSAGES.find(({ pattern }) => pattern.test(message))
  if (said) return toWords(said.key, said.words, said.source)
  // An own property: a code comes from outside.
  const code = codes.toReversed().find((one) => Object.hasOwn(CODES, one))
  return code === undefined
    ? toWords('unknown_status', UNKNOWN_STATUS, CORE)
    : toWords(code, CODES[code]!, CORE)
}

function toWords(key: string, [title, remedy]: TitleAndRemedy, source: string): StatusWords {
  return { title, remedy, source, key }
}
