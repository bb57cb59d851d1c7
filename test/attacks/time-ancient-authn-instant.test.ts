// Somebody who signed in to the IdP longer ago than the connection allows.
import { attack, harmless, NOW } from './harness.ts'

const DAY = 24 * 3_600_000
const SKEW = 60_000
const A_DAY = { maximumAuthnAgeMinutes: 24 * 60 }

attack('time-ancient-authn-instant', {
  connection: A_DAY,
  message: ({ respond }) => respond({ authnInstant: NOW - 365 * DAY }),
  code: 'authn_too_old',
})

attack('time-ancient-authn-instant, a day, the skew and a millisecond', {
  connection: A_DAY,
  message: ({ respond }) => respond({ authnInstant: NOW - DAY - SKEW - 1 }),
  code: 'authn_too_old',
})

harmless('time-ancient-authn-instant, a day and the skew', {
  connection: A_DAY,
  genuine: { authnInstant: NOW - DAY - SKEW },
  message: ({ respond }) => respond({ authnInstant: NOW - DAY - SKEW }),
})

harmless('time-ancient-authn-instant, a year where there is no limit', {
  genuine: { authnInstant: NOW - 365 * DAY },
  message: ({ respond }) => respond({ authnInstant: NOW - 365 * DAY }),
})

attack('time-ancient-authn-instant, none', {
  message: ({ respond }) => respond({ authnInstant: '' }),
  code: 'authn_statement',
})

attack('time-ancient-authn-instant, no AuthnStatement', {
  message: ({ respond }) => respond({ authnInstant: null }),
  code: 'authn_statement',
})
