// A Recipient that is the ACS of another connection of ours.
import { attack } from './harness.ts'

attack('recipient-other-connection', {
  message: ({ respond, idp }) => {
    const other = idp.sp.acsURL.replace(/CN[0-9a-f]{32}/, `CN${'f'.repeat(32)}`)
    return respond({ confirmations: [{ recipient: other }] })
  },
  code: 'recipient',
})
