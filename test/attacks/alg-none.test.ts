// A SignatureMethod or DigestMethod that names no algorithm.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const SIGNATURE = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const DIGEST = 'http://www.w3.org/2001/04/xmlenc#sha256'

for (const algorithm of ['', 'none', 'http://www.w3.org/2000/09/xmldsig#none', 'constructor'])
  attack(`alg-none, SignatureMethod "${algorithm}"`, {
    message: ({ respond }) =>
      respond({
        signature: { editSignedInfo: (text) => replaceOnce(text, SIGNATURE, algorithm) },
      }),
    code: 'signature_algorithm',
  })

for (const algorithm of ['', 'none', '__proto__'])
  attack(`alg-none, DigestMethod "${algorithm}"`, {
    message: ({ respond }) =>
      respond({ signature: { editSignedInfo: (text) => replaceOnce(text, DIGEST, algorithm) } }),
    code: 'signature_algorithm',
  })

attack('alg-none, SignatureMethod without Algorithm', {
  message: ({ respond }) =>
    respond({
      signature: { editSignedInfo: (text) => replaceOnce(text, ` Algorithm="${SIGNATURE}"`, '') },
    }),
  code: 'signature_algorithm',
})
