// A failure without an assertion: the administrator sees both levels and the IdP's message.
import { attack } from './harness.ts'

attack('status-second-level', {
  message: ({ respond }) =>
    respond({
      status: ['Responder', 'AuthnFailed'],
      statusMessage: 'The account is locked.',
      assertion: false,
      sign: [],
    }),
  code: 'status',
  received: /^Responder \/ AuthnFailed: The account is locked\.$/,
})

attack('status-second-level, a message of 5,000 characters is cut', {
  message: ({ respond }) =>
    respond({ status: ['Requester'], statusMessage: 'x'.repeat(5000), assertion: false, sign: [] }),
  code: 'status',
  received: /^Requester: x{100,300}… \(5011 characters\)$/,
})

attack('status-second-level, success without an assertion', {
  message: ({ respond }) => respond({ assertion: false, sign: ['Response'] }),
  code: 'assertion_missing',
})
