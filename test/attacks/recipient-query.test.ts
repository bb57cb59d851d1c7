// A Recipient that goes on after our ACS URL.
import { attack, SP } from './harness.ts'

for (const more of ['?a=b', '?', '#a', '.attacker.example', ' ', '@attacker.example'])
  attack(`recipient-query, ${more}`, {
    message: ({ respond }) => respond({ confirmations: [{ recipient: SP.acsURL + more }] }),
    code: 'recipient',
  })
