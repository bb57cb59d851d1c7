// Letters and signs that normalization would turn into others.
import { attack } from './harness.ts'

const ADDRESSES = [
  '\uff41lice@tenant.example',
  'alice\uff20tenant.example',
  'alice@tenant\uff0eexample',
  'alice\ufe6btenant.example',
  'alice@tenant\u3002example',
  '\u212aim@tenant.example',
  'alice@\u24e3enant.example',
  'ali\u0301ce@tenant.example',
]

for (const email of ADDRESSES)
  attack(`email-fullwidth ${JSON.stringify(email)}`, {
    message: ({ respond }) =>
      respond({ attributes: { email, firstName: 'Alice', lastName: 'Adams' } }),
    code: 'email',
    received: /^\d+ characters that are not one$/,
  })
