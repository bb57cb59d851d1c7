// A SAML namespace spelt with a character reference: a reader that does not resolve it sees another
// one.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('c14n-reference-in-namespace', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"',
      'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protoco&#108;"',
    ),
  code: 'xml_namespace',
})
