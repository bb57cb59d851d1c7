// MD5 and other hashes that are not on the list, whatever the connection allows.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const SIGNATURE = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const DIGEST = 'http://www.w3.org/2001/04/xmlenc#sha256'

for (const name of ['rsa-md5', 'rsa-ripemd160', 'rsa-sha224'])
  attack(`alg-md5, SignatureMethod ${name}`, {
    connection: { allow: ['sha1'] },
    message: ({ respond }) =>
      respond({
        signature: {
          editSignedInfo: (text) =>
            replaceOnce(text, SIGNATURE, SIGNATURE.replace('rsa-sha256', name)),
        },
      }),
    code: 'signature_algorithm',
  })

for (const uri of [
  'http://www.w3.org/2001/04/xmldsig-more#md5',
  'http://www.w3.org/2001/04/xmlenc#ripemd160',
])
  attack(`alg-md5, DigestMethod ${uri}`, {
    connection: { allow: ['sha1'] },
    message: ({ respond }) =>
      respond({ signature: { editSignedInfo: (text) => replaceOnce(text, DIGEST, uri) } }),
    code: 'signature_algorithm',
  })
