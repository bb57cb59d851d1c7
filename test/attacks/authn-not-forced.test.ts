// A session at the IdP that somebody else may have left open, where a new authentication was asked.
import { attack, harmless, NOW } from './harness.ts'

const FORCED = { forceAuthn: true }
/** Of the request, in the whole seconds in which it says so. */
const ISSUE = Math.floor(NOW / 1000) * 1000
const SKEW = 60_000

attack('authn-not-forced', {
  connection: FORCED,
  message: ({ respond }) => respond({ authnInstant: ISSUE - SKEW - 1 }),
  code: 'authn_not_forced',
})

attack('authn-not-forced, without a skew', {
  connection: { ...FORCED, clockSkewSeconds: 0 },
  genuine: { authnInstant: ISSUE },
  message: ({ respond }) => respond({ authnInstant: ISSUE - 1 }),
  code: 'authn_not_forced',
})

harmless('authn-not-forced, as early as the skew allows', {
  connection: FORCED,
  genuine: { authnInstant: ISSUE - SKEW },
  message: ({ respond }) => respond({ authnInstant: ISSUE - SKEW }),
})

harmless('authn-not-forced, where it was not asked', {
  genuine: { authnInstant: NOW - 3_600_000 },
  message: ({ respond }) => respond({ authnInstant: NOW - 3_600_000 }),
})
