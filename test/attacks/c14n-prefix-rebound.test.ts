// A prefix bound to another namespace: the names look as they did and mean something else.
import { replaceEach, replaceOnce } from '../support/xml-text.ts'
import { attack, harmless } from './harness.ts'

attack('c14n-prefix-rebound, around NameID', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<saml:NameID ', '<saml:NameID xmlns:saml="urn:other" '),
  code: 'signature_digest',
})

attack('c14n-prefix-rebound, on the Assertion', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"',
      '<saml:Assertion xmlns:saml="urn:other"',
    ),
  code: 'response_structure',
})

attack('c14n-prefix-rebound, on the Response', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"',
      'xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol"',
    ),
  code: 'root_not_response',
})

attack('c14n-prefix-rebound, another prefix for a signed element', {
  message: ({ genuine }) =>
    replaceEach(
      replaceOnce(
        genuine,
        '<saml:NameID ',
        '<a:NameID xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ',
      ),
      '</saml:NameID>',
      '</a:NameID>',
    ),
  code: 'signature_digest',
})

harmless('c14n-prefix-rebound, outside what is signed', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      '<samlp:Response ',
      '<samlp:Response xmlns="urn:other" xmlns:saml="urn:x" ',
    ),
})
