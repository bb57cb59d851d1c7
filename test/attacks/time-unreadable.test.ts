// Times in another format than SAML's. Each is refused by its own code, and no clock is blamed.
import { attack, NOW } from './harness.ts'

const LOCAL = '2026-11-24T12:00:00'

attack('time-unreadable, the delivery deadline', {
  message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: LOCAL }] }),
  code: 'time_unreadable',
  received: /^SubjectConfirmationData NotOnOrAfter 2026-11-24T12:00:00, which has no time zone$/,
})

attack('time-unreadable, the start of validity', {
  message: ({ respond }) => respond({ notBefore: '24.11.2026 12:00' }),
  code: 'time_unreadable',
  received: /^Conditions NotBefore 24\.11\.2026 12:00$/,
})

attack('time-unreadable, the end of validity', {
  message: ({ respond }) => respond({ notOnOrAfter: String(NOW) }),
  code: 'time_unreadable',
  received: /^Conditions NotOnOrAfter \d+$/,
})

attack('time-unreadable, the authentication', {
  message: ({ respond }) => respond({ authnInstant: 'yesterday' }),
  code: 'time_unreadable',
  received: /^AuthnInstant yesterday$/,
})

attack('time-unreadable, the end of the session', {
  message: ({ respond }) => respond({ sessionNotOnOrAfter: '2026-02-30T00:00:00Z' }),
  code: 'time_unreadable',
  received: /^SessionNotOnOrAfter 2026-02-30/,
})
