// A failure with an assertion beside it: the status decides, whatever else the message proves.
import { attack } from './harness.ts'

for (const status of [
  ['Requester'],
  ['Responder'],
  ['VersionMismatch'],
  ['urn:other:Success'],
  [''],
])
  attack(`status-failure-with-assertion, ${status}`, {
    message: ({ respond }) => respond({ status, sign: ['Response', 'Assertion'] }),
    code: 'status',
  })

attack('status-failure-with-assertion, Success on the second level', {
  message: ({ respond }) => respond({ status: ['Responder', 'Success'] }),
  code: 'status',
})

attack('status-failure-with-assertion, Success in another spelling', {
  message: ({ respond }) => respond({ status: ['urn:oasis:names:tc:SAML:2.0:status:success'] }),
  code: 'status',
})
