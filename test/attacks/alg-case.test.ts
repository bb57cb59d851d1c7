// An algorithm's URI in another spelling: identifiers are compared byte for byte.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const SIGNATURE = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const DIGEST = 'http://www.w3.org/2001/04/xmlenc#sha256'
const spellings = (uri: string) => [
  uri.toUpperCase(),
  uri.replace('sha256', 'SHA256'),
  uri.replace('http:', 'https:'),
  ` ${uri}`,
  `${uri} `,
]

for (const uri of spellings(SIGNATURE))
  attack(`alg-case, SignatureMethod "${uri}"`, {
    message: ({ respond }) =>
      respond({ signature: { editSignedInfo: (text) => replaceOnce(text, SIGNATURE, uri) } }),
    code: 'signature_algorithm',
  })

for (const uri of spellings(DIGEST))
  attack(`alg-case, DigestMethod "${uri}"`, {
    message: ({ respond }) =>
      respond({ signature: { editSignedInfo: (text) => replaceOnce(text, DIGEST, uri) } }),
    code: 'signature_algorithm',
  })
