// An entityID that only begins like ours does.
import { attack, IDP } from './harness.ts'

attack('issuer-prefix, the Response', {
  message: ({ respond }) => respond({ responseIssuer: `${IDP}.attacker.example` }),
  code: 'response_issuer',
})

attack('issuer-prefix, the Assertion', {
  message: ({ respond }) => respond({ assertionIssuer: `${IDP}.attacker.example` }),
  code: 'assertion_issuer',
})
