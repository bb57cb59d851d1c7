// A message that nobody has signed.
import { attack } from './harness.ts'

attack('sig-none', {
  message: ({ respond }) => respond({ sign: [] }),
  code: 'signature_missing',
})
