// A Recipient that is the ACS of another connection of ours.
import { attack, SP } from './harness.ts'

const OTHER = SP.acsURL.replace(/CN[0-9a-f]{32}/, `CN${'f'.repeat(32)}`)

attack('recipient-other-connection', {
  message: ({ respond }) => respond({ confirmations: [{ recipient: OTHER }] }),
  code: 'recipient',
})
