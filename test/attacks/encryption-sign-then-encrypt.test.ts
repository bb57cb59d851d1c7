// A Response signed before its Assertion was encrypted: the signature does not cover what came.
import { attack } from './harness.ts'

attack('encryption-sign-then-encrypt', {
  genuine: { sign: ['Response'], encrypt: true },
  message: ({ respond }) =>
    respond({ sign: ['Response'], encrypt: true, order: 'sign, then encrypt' }),
  code: 'signature_digest',
  received: /signed before it was encrypted/,
})
