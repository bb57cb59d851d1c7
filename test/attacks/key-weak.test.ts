// A configured key that can be computed from its public half: RSA under 2048 bits, or with a small exponent.
import { certificateOf } from '../support/keys.ts'
import { attack } from './harness.ts'

for (const key of ['rsa1024', 'rsaExponent3'] as const)
  attack(`key-weak, ${key}`, {
    against: { certificates: [certificateOf(key)] },
    message: ({ respond }) => respond({ signature: { key } }),
    code: 'signature_key_weak',
  })

attack('key-weak, beside a strong one', {
  against: { certificates: [certificateOf('rsa1024'), certificateOf('idp')] },
  message: ({ respond }) => respond({ signature: { key: 'rsa1024' } }),
  code: 'signature_invalid',
})
