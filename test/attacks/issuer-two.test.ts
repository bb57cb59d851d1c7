// Response and Assertion that name different issuers.
import { attack } from './harness.ts'

attack('issuer-two, the Response another one', {
  message: ({ respond }) => respond({ responseIssuer: 'https://idp.other.example/metadata' }),
  code: 'response_issuer',
})

attack('issuer-two, the Assertion another one', {
  message: ({ respond }) => respond({ assertionIssuer: 'https://idp.other.example/metadata' }),
  code: 'assertion_issuer',
})

attack('issuer-two, two in the Assertion', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => text.replace(/<saml:Issuer>.*<\/saml:Issuer>/, '$&$&'),
    }),
  code: 'assertion_structure',
})
