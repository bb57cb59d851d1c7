// White space around an address: what is trimmed in one place and not in another is two addresses.
import { attack } from './harness.ts'

const ADDRESSES = [
  'alice@tenant.example\n',
  '\nalice@tenant.example',
  'alice@tenant.example\r\nBcc: bob@tenant.example',
  ' alice@tenant.example',
  'alice@tenant.example ',
  'alice@tenant.example\t',
  'alice@tenant.example\u2028',
]

for (const email of ADDRESSES)
  attack(`email-trailing-newline ${JSON.stringify(email)}`, {
    message: ({ respond }) =>
      respond({ attributes: { email, firstName: 'Alice', lastName: 'Adams' } }),
    code: 'email',
    received: /^\d+ characters that are not one$/,
  })
