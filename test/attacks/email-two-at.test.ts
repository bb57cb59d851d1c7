// Two @, or none: local part and domain depend on which one is taken.
import { attack } from './harness.ts'

const ADDRESSES = [
  'alice@tenant.example@attacker.example',
  'alice@attacker.example@tenant.example',
  '"alice@attacker.example"@tenant.example',
  'alice%attacker.example',
  'alice@',
  '@tenant.example',
  'alice',
  'alice@tenant',
  'alice@[127.0.0.1]',
  'alice@tenant.example.',
  '.alice@tenant.example',
  'al..ice@tenant.example',
  'alice@-tenant.example',
  `${'a'.repeat(65)}@tenant.example`,
  `alice@${'a.'.repeat(130)}example`,
]

for (const email of ADDRESSES)
  attack(`email-two-at ${JSON.stringify(email)}`, {
    message: ({ respond }) =>
      respond({ attributes: { email, firstName: 'Alice', lastName: 'Adams' } }),
    code: 'email',
    received: /^\d+ characters that are not one$/,
  })
