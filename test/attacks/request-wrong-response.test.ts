// A Response that answers another request than this login's.
import { attack } from './harness.ts'

attack('request-wrong-response', {
  message: ({ respond }) => respond({ responseInResponseTo: '_another-request' }),
  code: 'in_response_to',
})

attack('request-wrong-response, both', {
  message: ({ respond }) =>
    respond({ inResponseTo: '_another-request', sign: ['Response', 'Assertion'] }),
  code: 'in_response_to',
})
