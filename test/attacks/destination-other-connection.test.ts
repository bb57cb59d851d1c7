// A Destination that is the ACS of another connection of ours.
import { attack } from './harness.ts'

attack('destination-other-connection', {
  message: ({ respond, idp }) => {
    const other = idp.sp.acsURL.replace(/CN[0-9a-f]{32}/, `CN${'f'.repeat(32)}`)
    return respond({ destination: other })
  },
  code: 'destination',
})
