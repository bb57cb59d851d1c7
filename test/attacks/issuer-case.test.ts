// An entityID in other letters: identifiers are compared byte for byte.
import { attack, IDP } from './harness.ts'

attack('issuer-case, the Response', {
  message: ({ respond }) => respond({ responseIssuer: IDP.toUpperCase() }),
  code: 'response_issuer',
})

attack('issuer-case, the Assertion', {
  message: ({ respond }) => respond({ assertionIssuer: IDP.toUpperCase() }),
  code: 'assertion_issuer',
})
