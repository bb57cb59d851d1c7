// A configured key that can be computed from its public half: RSA under 2048 bits, or with a small
// exponent.
import { attack } from './harness.ts'

for (const key of ['rsa1024', 'rsaExponent3'] as const)
  attack(`key-weak, ${key}`, {
    against: { pinned: [key] },
    message: ({ respond }) => respond({ signature: { key } }),
    code: 'signature_key_weak',
  })

attack('key-weak, beside a strong one', {
  against: { pinned: ['rsa1024', 'idp'] },
  message: ({ respond }) => respond({ signature: { key: 'rsa1024' } }),
  code: 'signature_invalid',
})
