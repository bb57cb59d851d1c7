// A Response without Status or StatusCode succeeds at nothing.
import { element, replaceOnce, without } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('status-missing, no Status', {
  message: ({ genuine }) => without(genuine, 'samlp:Status'),
  code: 'status',
})

attack('status-missing, no StatusCode', {
  message: ({ genuine }) =>
    replaceOnce(genuine, element(genuine, 'samlp:Status'), '<samlp:Status></samlp:Status>'),
  code: 'status',
})

attack('status-missing, no Value', {
  message: ({ genuine }) => genuine.replace(/<samlp:StatusCode Value="[^"]*"/, '<samlp:StatusCode'),
  code: 'status',
})

attack('status-missing, two', {
  message: ({ genuine }) => {
    const status = element(genuine, 'samlp:Status')
    return replaceOnce(genuine, status, status + status)
  },
  code: 'response_structure',
})
