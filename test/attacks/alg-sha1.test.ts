// SHA-1 where the connection has not said so.
import { attack } from './harness.ts'

attack('alg-sha1, RSA', {
  message: ({ respond }) => respond({ signature: { method: 'rsa-sha1' } }),
  code: 'signature_algorithm',
})

attack('alg-sha1, ECDSA', {
  against: { pinned: ['p256'] },
  message: ({ respond }) => respond({ signature: { key: 'p256', method: 'ecdsa-sha1' } }),
  code: 'signature_algorithm',
})

attack('alg-sha1, the digest', {
  message: ({ respond }) => respond({ signature: { digest: 'sha1' } }),
  code: 'signature_algorithm',
})
