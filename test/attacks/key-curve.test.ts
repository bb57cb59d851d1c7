// A configured key of a kind that no signature here may have: another curve, another scheme.
import { attack } from './harness.ts'

for (const key of ['secp256k1', 'ed25519'] as const)
  attack(`key-curve, ${key}`, {
    against: { pinned: [key] },
    message: ({ genuine }) => genuine,
    code: 'signature_key_unsupported',
  })
