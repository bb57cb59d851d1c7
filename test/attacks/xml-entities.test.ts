// Entities: declared ones need a DOCTYPE, undeclared ones are nothing (CVE-2025-23369).
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('xml-entities, declared', {
  message: ({ genuine }) =>
    '<!DOCTYPE x [<!ENTITY name "bob@tenant.example">]>' +
    replaceOnce(genuine, '>alice@tenant.example</saml:NameID>', '>&name;</saml:NameID>'),
  code: 'xml_doctype',
})

for (const reference of ['&name;', '&nbsp;', '&LT;', '&amp', '&', '&#;', '&#x;', '&#65', '&#xG;'])
  attack(`xml-entities, ${reference}`, {
    message: ({ genuine }) =>
      replaceOnce(
        genuine,
        element(genuine, 'samlp:Status'),
        `<samlp:Status>${reference}</samlp:Status>`,
      ),
    code: 'xml_entity',
  })

attack('xml-entities, in an attribute', {
  message: ({ genuine }) => replaceOnce(genuine, 'Method="', 'Method="&name;'),
  code: 'xml_entity',
})
