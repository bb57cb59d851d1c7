// An AES-GCM ciphertext that was changed: its tag does not fit.
import { attack } from './harness.ts'

const EDITS: Record<string, (ciphertext: Uint8Array) => Uint8Array> = {
  'the initialization vector': (ciphertext) => ciphertext.with(0, ciphertext[0]! ^ 1),
  'the first byte': (ciphertext) => ciphertext.with(12, ciphertext[12]! ^ 1),
  'the tag': (ciphertext) => ciphertext.with(ciphertext.length - 1, ciphertext.at(-1)! ^ 1),
  'a shorter tag': (ciphertext) => ciphertext.slice(0, -4),
  'no ciphertext': (ciphertext) => ciphertext.slice(0, 12),
}

for (const [name, editCiphertext] of Object.entries(EDITS))
  attack(`encryption-gcm-flips, ${name}`, {
    genuine: { encrypt: true },
    message: ({ respond }) => respond({ encrypt: { editCiphertext } }),
    code: 'encryption_failed',
  })
