// No Recipient, though a Destination, which nobody may have signed.
import { attack } from './harness.ts'

attack('recipient-missing', {
  message: ({ respond }) => respond({ confirmations: [{ recipient: null }] }),
  code: 'recipient',
})

attack('recipient-missing, an empty one', {
  message: ({ respond }) => respond({ confirmations: [{ recipient: '' }] }),
  code: 'recipient',
})

attack('recipient-missing, no SubjectConfirmationData', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) =>
        text.replace(/<saml:SubjectConfirmationData.*<\/saml:SubjectConfirmationData>/, ''),
    }),
  code: 'recipient',
})
