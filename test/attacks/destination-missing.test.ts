// An empty Destination is one that is not ours; a missing one leaves it to the Recipient.
import { attack, harmless } from './harness.ts'

attack('destination-missing, empty', {
  message: ({ respond }) => respond({ destination: '' }),
  code: 'destination',
})

harmless('destination-missing', {
  message: ({ respond }) => respond({ destination: null }),
})
