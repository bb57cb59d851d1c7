// Somebody who signed in to the IdP longer ago than any session lasts.
import { attack, harmless, NOW } from './harness.ts'

const DAY = 24 * 3_600_000
const SKEW = 60_000

attack('time-ancient-authn-instant', {
  message: ({ respond }) => respond({ authnInstant: NOW - 365 * DAY }),
  code: 'authn_instant',
})

attack('time-ancient-authn-instant, 90 days, the skew and a millisecond', {
  message: ({ respond }) => respond({ authnInstant: NOW - 90 * DAY - SKEW - 1 }),
  code: 'authn_instant',
})

attack('time-ancient-authn-instant, none', {
  message: ({ respond }) => respond({ authnInstant: '' }),
  code: 'authn_instant',
})

attack('time-ancient-authn-instant, no AuthnStatement', {
  message: ({ respond }) => respond({ authnInstant: null }),
  code: 'authn_statement',
})

harmless('time-ancient-authn-instant, a month', {
  genuine: { authnInstant: NOW - 30 * DAY },
  message: ({ respond }) => respond({ authnInstant: NOW - 30 * DAY }),
})
