// An Assertion made for another request, in a Response that claims to answer this one.
import { attack } from './harness.ts'

attack('request-wrong-confirmation', {
  message: ({ respond }) => respond({ confirmations: [{ inResponseTo: '_another-request' }] }),
  code: 'confirmation_in_response_to',
})
