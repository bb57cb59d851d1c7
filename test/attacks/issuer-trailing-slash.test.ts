// An entityID with a slash more: identifiers are compared byte for byte.
import { attack, IDP } from './harness.ts'

attack('issuer-trailing-slash, the Response', {
  message: ({ respond }) => respond({ responseIssuer: `${IDP}/` }),
  code: 'response_issuer',
})

attack('issuer-trailing-slash, the Assertion', {
  message: ({ respond }) => respond({ assertionIssuer: `${IDP}/` }),
  code: 'assertion_issuer',
})
