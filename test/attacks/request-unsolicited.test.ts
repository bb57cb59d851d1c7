// An answer to some request where none is outstanding: a stolen response must not pass for an
// unsolicited one.
import { attack, harmless } from './harness.ts'

attack('request-unsolicited, on both elements', {
  unsolicited: true,
  message: ({ respond }) => respond({ inResponseTo: '_another-request' }),
  code: 'relay_state_unknown',
})

attack('request-unsolicited, stripped from the Response', {
  unsolicited: true,
  message: ({ respond }) =>
    respond({ inResponseTo: '_another-request', responseInResponseTo: null }),
  code: 'confirmation_in_response_to',
})

harmless('request-unsolicited, empty counts as absent', {
  unsolicited: true,
  message: ({ respond }) => respond({ inResponseTo: '' }),
})
