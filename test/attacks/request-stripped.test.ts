// InResponseTo taken from one of its two places: the signed one must be there.
import { attack, harmless } from './harness.ts'

attack('request-stripped, from the confirmation', {
  message: ({ respond }) => respond({ confirmations: [{ inResponseTo: null }] }),
  code: 'confirmation_in_response_to',
})

attack('request-stripped, from both', {
  message: ({ respond }) => respond({ inResponseTo: null }),
  code: 'confirmation_in_response_to',
})

attack('request-stripped, emptied in both', {
  message: ({ respond }) => respond({ inResponseTo: '' }),
  code: 'confirmation_in_response_to',
})

harmless('request-stripped, from the Response', {
  message: ({ genuine }) => genuine.replace(/ InResponseTo="[^"]*"/, ''),
})
