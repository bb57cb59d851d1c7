// A Destination that goes on after our ACS URL.
import { attack, SP } from './harness.ts'

for (const more of ['?a=b', '?', '#a', '.attacker.example', ' ', '@attacker.example'])
  attack(`destination-query, ${more}`, {
    message: ({ respond }) => respond({ destination: SP.acsURL + more }),
    code: 'destination',
  })
