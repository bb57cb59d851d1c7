// SAML's attributes have no prefix: one that has is another attribute.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const prefixed = (name: string) => (text: string) =>
  replaceOnce(text, ` ${name}="`, ` saml:${name}="`)

attack('xml-prefixed-attribute, Recipient', {
  message: ({ respond }) => respond({ editAssertion: prefixed('Recipient') }),
  code: 'recipient',
})

attack('xml-prefixed-attribute, Method', {
  message: ({ respond }) => respond({ editAssertion: prefixed('Method') }),
  code: 'bearer',
})

attack('xml-prefixed-attribute, AuthnInstant', {
  message: ({ respond }) =>
    respond({ sessionIndex: null, editAssertion: prefixed('AuthnInstant') }),
  code: 'authn_statement',
})

attack('xml-prefixed-attribute, Algorithm', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(text, '<ds:SignatureMethod Algorithm', '<ds:SignatureMethod ds:Algorithm'),
      },
    }),
  code: 'signature_algorithm',
})

attack('xml-prefixed-attribute, URI', {
  message: ({ respond }) =>
    respond({ signature: { editSignedInfo: (text) => replaceOnce(text, ' URI=', ' ds:URI=') } }),
  code: 'signature_reference',
})
