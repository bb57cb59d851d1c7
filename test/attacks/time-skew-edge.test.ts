// The clock skew to the millisecond: NotOnOrAfter is too late at the instant itself, NotBefore is
// not too early.
import { attack, harmless, NOW } from './harness.ts'

const SKEW = 60_000

attack('time-skew-edge, the confirmation ends', {
  message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: NOW - SKEW }] }),
  code: 'confirmation_not_on_or_after',
})

harmless('time-skew-edge, the confirmation ends a millisecond later', {
  message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: NOW - SKEW + 1 }] }),
})

attack('time-skew-edge, the Conditions end', {
  message: ({ respond }) => respond({ notOnOrAfter: NOW - SKEW }),
  code: 'not_on_or_after',
})

harmless('time-skew-edge, the Conditions end a millisecond later', {
  message: ({ respond }) => respond({ notOnOrAfter: NOW - SKEW + 1 }),
})

attack('time-skew-edge, the Conditions begin a millisecond later', {
  message: ({ respond }) => respond({ notBefore: NOW + SKEW + 1 }),
  code: 'not_before',
})

harmless('time-skew-edge, the Conditions begin', {
  message: ({ respond }) => respond({ notBefore: NOW + SKEW }),
})

attack('time-skew-edge, a connection without skew', {
  connection: { clockSkewSeconds: 0 },
  message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: NOW }] }),
  code: 'confirmation_not_on_or_after',
})
