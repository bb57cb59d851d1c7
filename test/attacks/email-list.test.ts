// Several addresses in one value: none of them is the address.
import { attack } from './harness.ts'

const ADDRESSES = [
  'alice@tenant.example,bob@tenant.example',
  'alice@tenant.example, bob@tenant.example',
  'alice@tenant.example;bob@tenant.example',
  'alice@tenant.example bob@tenant.example',
  'Alice <alice@tenant.example>',
  '<alice@tenant.example>',
  'mailto:alice@tenant.example',
  'alice@tenant.example(comment)',
]

for (const email of ADDRESSES)
  attack(`email-list ${JSON.stringify(email)}`, {
    message: ({ respond }) =>
      respond({ attributes: { email, firstName: 'Alice', lastName: 'Adams' } }),
    code: 'email',
    received: /^\d+ characters that are not one$/,
  })
