// An assertion whose time has passed, by either of its ends.
import { attack, NOW } from './harness.ts'

const HOUR = 3_600_000

attack('time-expired, the confirmation', {
  message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: NOW - HOUR }] }),
  code: 'confirmation_not_on_or_after',
})

attack('time-expired, the Conditions', {
  message: ({ respond }) => respond({ notOnOrAfter: NOW - HOUR }),
  code: 'not_on_or_after',
})

attack('time-expired, the session', {
  message: ({ respond }) => respond({ sessionNotOnOrAfter: NOW - HOUR }),
  code: 'session_not_on_or_after',
})
