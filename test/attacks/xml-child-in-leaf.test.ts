// A child element in what must be a leaf: neither its text nor the text around it is the value.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const wrapped = (name: string, value: string) => (text: string) =>
  replaceOnce(text, `>${value}</saml:${name}>`, `><saml:x>${value}</saml:x></saml:${name}>`)

attack('xml-child-in-leaf, NameID', {
  message: ({ respond }) => respond({ editAssertion: wrapped('NameID', 'alice@tenant.example') }),
  code: 'name_id',
})

attack('xml-child-in-leaf, text after it', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) =>
        replaceOnce(text, '</saml:NameID>', '<saml:x></saml:x>.attacker.example</saml:NameID>'),
    }),
  code: 'name_id',
})

attack('xml-child-in-leaf, AttributeValue', {
  message: ({ respond }) =>
    respond({ editAssertion: wrapped('AttributeValue', 'alice@tenant.example') }),
  code: 'attribute_missing',
})

attack('xml-child-in-leaf, Audience', {
  message: ({ respond, idp }) => respond({ editAssertion: wrapped('Audience', idp.sp.entityID) }),
  code: 'audience',
})

attack('xml-child-in-leaf, Issuer', {
  message: ({ respond, idp }) =>
    respond({
      editAssertion: (text) => wrapped('Issuer', idp.entityID)(text),
    }),
  code: 'assertion_issuer',
})

attack('xml-child-in-leaf, Issuer of the Response', {
  message: ({ respond, idp }) =>
    respond({
      editResponse: (text) =>
        text.replace(
          `>${idp.entityID}</saml:Issuer><samlp:Status>`,
          `><saml:x>${idp.entityID}</saml:x></saml:Issuer><samlp:Status>`,
        ),
    }),
  code: 'response_issuer',
})
