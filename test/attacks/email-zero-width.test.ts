// Characters that nobody sees.
import { attack } from './harness.ts'

const ADDRESSES = [
  'alice\u200b@tenant.example',
  '\ufeffalice@tenant.example',
  'alice@tenant\u00ad.example',
  '\u202ealice@tenant.example',
  'alice@tenant.example\u2060',
  'alice\u00a0@tenant.example',
  'alice\ufe0f@tenant.example',
]

for (const email of ADDRESSES)
  attack(`email-zero-width ${JSON.stringify(email)}`, {
    message: ({ respond }) =>
      respond({ attributes: { email, firstName: 'Alice', lastName: 'Adams' } }),
    code: 'email',
    received: /^\d+ characters that are not one$/,
  })
