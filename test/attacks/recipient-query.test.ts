// A Recipient that goes on after our ACS URL.
import { attack } from './harness.ts'

for (const more of ['?a=b', '?', '#a', '.attacker.example', ' ', '@attacker.example'])
  attack(`recipient-query, ${more}`, {
    message: ({ respond, idp }) =>
      respond({ confirmations: [{ recipient: idp.sp.acsURL + more }] }),
    code: 'recipient',
  })
