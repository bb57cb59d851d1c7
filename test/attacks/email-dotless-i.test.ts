// Letters that change when their case is folded: dotless i, dotted I, long s, sharp s.
import { attack } from './harness.ts'

const ADDRESSES = [
  'al\u0131ce@tenant.example',
  'AL\u0130CE@tenant.example',
  'alice@mail.\u017ftenant.example',
  'alice@stra\u00dfe.example',
  'alice@tenant.ex\u00e4mple',
]

for (const email of ADDRESSES)
  attack(`email-dotless-i ${JSON.stringify(email)}`, {
    message: ({ respond }) =>
      respond({ attributes: { email, firstName: 'Alice', lastName: 'Adams' } }),
    code: 'email',
    received: /^\d+ characters that are not one$/,
  })
