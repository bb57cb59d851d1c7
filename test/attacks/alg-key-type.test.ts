// An algorithm for another kind of key than the configured one.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('alg-key-type, ECDSA named, RSA configured', {
  message: ({ respond }) =>
    respond({
      signature: { editSignedInfo: (text) => replaceOnce(text, '#rsa-sha256', '#ecdsa-sha256') },
    }),
  code: 'signature_invalid',
})

attack('alg-key-type, RSA named, EC configured', {
  against: { pinned: ['p256'] },
  message: ({ genuine }) => genuine,
  code: 'signature_invalid',
})

attack('alg-key-type, the signature of another curve', {
  against: { pinned: ['p384'] },
  message: ({ respond }) => respond({ signature: { key: 'p256', method: 'ecdsa-sha256' } }),
  code: 'signature_invalid',
})

attack('alg-key-type, PSS named, PKCS#1 made', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(
            text,
            'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
            'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
          ),
      },
    }),
  code: 'signature_invalid',
})
