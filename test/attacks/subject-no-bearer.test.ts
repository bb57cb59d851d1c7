// A Subject that nothing ties to the person who brings it.
import { attack, harmless } from './harness.ts'

attack('subject-no-bearer, no SubjectConfirmation', {
  message: ({ respond }) => respond({ confirmations: [] }),
  code: 'bearer',
})

attack('subject-no-bearer, no Method', {
  message: ({ respond }) =>
    respond({ editAssertion: (text) => text.replace(/ Method="[^"]*"/, '') }),
  code: 'bearer',
})

attack('subject-no-bearer, bearer of SAML 1.1', {
  message: ({ respond }) =>
    respond({ confirmations: [{ method: 'urn:oasis:names:tc:SAML:1.0:cm:bearer' }] }),
  code: 'bearer',
})

attack('subject-no-bearer, none that fits in every respect', {
  message: ({ respond }) =>
    respond({
      confirmations: [
        { recipient: 'https://other.example/acs' },
        { inResponseTo: '_another-request' },
      ],
    }),
  code: 'recipient',
})

harmless('subject-no-bearer, one that fits among others', {
  message: ({ respond }) =>
    respond({
      confirmations: [
        { method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' },
        { recipient: 'https://other.example/acs' },
        {},
      ],
    }),
})
