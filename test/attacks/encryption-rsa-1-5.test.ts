// Key transport that answers questions (RSA 1.5), or parameters that we would not compute.
import { append, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const OAEP = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'

for (const uri of ['http://www.w3.org/2001/04/xmlenc#rsa-1_5', '', `${OAEP} `])
  attack(`encryption-rsa-1-5, "${uri}"`, {
    genuine: { encrypt: true },
    message: ({ genuine }) => replaceOnce(genuine, OAEP, uri),
    code: 'encryption_algorithm',
  })

attack('encryption-rsa-1-5, OAEPparams', {
  genuine: { encrypt: true },
  message: ({ genuine }) => {
    const method = `<xenc:EncryptionMethod Algorithm="${OAEP}">`
    return replaceOnce(genuine, method, `${method}<xenc:OAEPparams>AAAA</xenc:OAEPparams>`)
  },
  code: 'encryption_algorithm',
})

attack('encryption-rsa-1-5, OAEP with two hashes', {
  genuine: { encrypt: true },
  message: ({ genuine }) =>
    append(genuine, 'xenc:EncryptedKey', '').replace(
      `<xenc:EncryptionMethod Algorithm="${OAEP}">`,
      `<xenc:EncryptionMethod Algorithm="${OAEP}"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>`,
    ),
  code: 'encryption_oaep',
})

for (const uri of ['http://www.w3.org/2001/04/xmlenc#tripledes-cbc', ''])
  attack(`encryption-rsa-1-5, content encryption "${uri}"`, {
    genuine: { encrypt: true },
    message: ({ genuine }) =>
      replaceOnce(genuine, 'http://www.w3.org/2009/xmlenc11#aes256-gcm', uri),
    code: 'encryption_algorithm',
  })
