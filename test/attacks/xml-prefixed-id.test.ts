// An ID with a prefix, or with xml:id, which some readers look up and others do not.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('xml-prefixed-id, saml:ID', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<samlp:Status samlp:ID="_a">'),
  code: 'xml_id',
})

attack('xml-prefixed-id, xml:id', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<samlp:Status xml:id="_a">'),
  code: 'xml_id',
})

attack('xml-prefixed-id, wsu:Id with the ID of the Assertion', {
  genuine: { assertionID: '_assertion' },
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      '<samlp:Status>',
      '<samlp:Status xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" wsu:Id="_assertion">',
    ),
  code: 'xml_id',
})

attack('xml-prefixed-id, in place of the ID', {
  message: ({ respond }) =>
    respond({ editAssertion: (text) => replaceOnce(text, ' ID="', ' saml:ID="') }),
  code: 'xml_id',
})
