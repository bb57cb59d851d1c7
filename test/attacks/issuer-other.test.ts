// Another IdP than this connection's, though signed with the key that is pinned here.
import { attack } from './harness.ts'

attack('issuer-other', {
  message: ({ respond }) => respond({ issuer: 'https://idp.other.example/metadata' }),
  code: 'response_issuer',
})

attack('issuer-other, none on the Response', {
  message: ({ respond }) =>
    respond({ responseIssuer: null, assertionIssuer: 'https://idp.other.example/metadata' }),
  code: 'assertion_issuer',
})

attack('issuer-other, none on the Assertion', {
  message: ({ respond }) => respond({ assertionIssuer: null }),
  code: 'assertion_issuer',
})
