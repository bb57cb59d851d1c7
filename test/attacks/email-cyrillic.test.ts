// Letters of other scripts that look like ours.
import { attack } from './harness.ts'

const ADDRESSES = [
  '\u0430lice@tenant.example',
  'alice@t\u0435nant.example',
  'alice@tenant.ex\u0430mple',
  '\u0391lice@tenant.example',
]

for (const email of ADDRESSES)
  attack(`email-cyrillic ${JSON.stringify(email)}`, {
    message: ({ respond }) =>
      respond({ attributes: { email, firstName: 'Alice', lastName: 'Adams' } }),
    code: 'email',
    received: /^\d+ characters that are not one$/,
  })
