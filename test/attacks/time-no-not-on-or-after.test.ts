// A confirmation that never ends: a stolen response would be good for ever.
import { attack } from './harness.ts'

attack('time-no-not-on-or-after', {
  message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: null }] }),
  code: 'confirmation_not_on_or_after',
})

attack('time-no-not-on-or-after, empty', {
  message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: '' }] }),
  code: 'time_unreadable',
})
