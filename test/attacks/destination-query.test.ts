// A Destination that goes on after our ACS URL.
import { attack } from './harness.ts'

for (const more of ['?a=b', '?', '#a', '.attacker.example', ' ', '@attacker.example'])
  attack(`destination-query, ${more}`, {
    message: ({ respond, idp }) => respond({ destination: idp.sp.acsURL + more }),
    code: 'destination',
  })
