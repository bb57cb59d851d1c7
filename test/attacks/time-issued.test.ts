// An assertion that claims to be valid for ever, or that was issued long ago or far ahead.
import { attack, harmless, NOW } from './harness.ts'

const DAY = 24 * 3_600_000
const SKEW = 60_000
const FOR_EVER = '9999-12-31T23:59:59Z'
const forEver = { confirmations: [{ notOnOrAfter: FOR_EVER }], notOnOrAfter: FOR_EVER }

attack('time-issued, more than a day ago', {
  message: ({ respond }) => respond({ ...forEver, issueInstant: NOW - DAY - SKEW }),
  code: 'issue_instant',
})

harmless('time-issued, less than a day ago', {
  message: ({ respond }) => respond({ ...forEver, issueInstant: NOW - DAY - SKEW + 1 }),
})

attack('time-issued, in the year 9999', {
  message: ({ respond }) => respond({ ...forEver, issueInstant: FOR_EVER }),
  code: 'issue_instant',
})

attack('time-issued, never', {
  message: ({ respond }) => respond({ ...forEver, issueInstant: '' }),
  code: 'time_unreadable',
})
