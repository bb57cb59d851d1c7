// An assertion from the future.
import { attack, NOW } from './harness.ts'

const HOUR = 3_600_000

attack('time-not-yet-valid, the Conditions', {
  message: ({ respond }) => respond({ notBefore: NOW + HOUR }),
  code: 'not_before',
})

attack('time-not-yet-valid, the authentication', {
  message: ({ respond }) => respond({ authnInstant: NOW + HOUR }),
  code: 'authn_instant',
})
