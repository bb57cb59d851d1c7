// A genuine Signature under another parent than the element it signs.
import { after, append, element, replaceOnce } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

attack('xsw-relocated-signature, from the Assertion to the Response', {
  genuine: { responseID: '_response' },
  message: ({ genuine }) =>
    after(forgeWithSameID(unsigned(genuine)), 'saml:Issuer', element(genuine, 'ds:Signature')),
  code: 'signature_reference',
})

attack('xsw-relocated-signature, from the Response to the Assertion', {
  genuine: { sign: ['Response'] },
  message: ({ genuine }) => {
    const message = unsigned(genuine)
    const assertion = element(message, 'saml:Assertion')
    const signed = after(assertion, 'saml:Issuer', element(genuine, 'ds:Signature'))
    return replaceOnce(message, assertion, forge(signed))
  },
  code: 'signature_reference',
})

attack('xsw-relocated-signature, into Status', {
  message: ({ genuine }) =>
    append(unsigned(genuine), 'samlp:Status', element(genuine, 'ds:Signature')),
  code: 'signature_misplaced',
})

attack('xsw-relocated-signature, into Subject', {
  message: ({ genuine }) =>
    append(unsigned(genuine), 'saml:Subject', element(genuine, 'ds:Signature')),
  code: 'signature_misplaced',
})

attack('xsw-relocated-signature, a second one', {
  message: ({ genuine }) => after(genuine, 'ds:Signature', element(genuine, 'ds:Signature')),
  code: 'signature_misplaced',
})
