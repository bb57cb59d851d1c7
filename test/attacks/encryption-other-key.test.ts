// Encrypted to somebody else, or with a content key of the wrong size.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('encryption-other-key', {
  genuine: { encrypt: true },
  message: ({ respond }) => respond({ encrypt: { to: ['attacker'] } }),
  code: 'encryption_failed',
})

attack('encryption-other-key, a content key for another cipher', {
  genuine: { encrypt: true },
  message: ({ genuine }) => replaceOnce(genuine, '#aes256-gcm', '#aes128-gcm'),
  code: 'encryption_failed',
})

attack('encryption-other-key, another hash', {
  genuine: { encrypt: { transport: 'rsa-oaep with sha256' } },
  message: ({ genuine }) =>
    replaceOnce(
      replaceOnce(
        genuine,
        'xmlenc#sha256"></ds:DigestMethod><xenc11',
        'xmlenc#sha512"></ds:DigestMethod><xenc11',
      ),
      'mgf1sha256',
      'mgf1sha512',
    ),
  code: 'encryption_failed',
})
