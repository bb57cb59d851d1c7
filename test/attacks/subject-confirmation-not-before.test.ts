// A bearer confirmation with a NotBefore, which the profile forbids (SAML Profiles §4.1.4.2).
import { attack, NOW } from './harness.ts'

attack('subject-confirmation-not-before', {
  message: ({ respond }) => respond({ confirmations: [{ notBefore: NOW - 3_600_000 }] }),
  code: 'confirmation_not_before',
})
