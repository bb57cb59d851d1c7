// Names with no, two or misplaced colons.
import { before } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const name of ['saml:saml:Assertion', ':Assertion', 'saml:', 'saml::Assertion', '1a', '-a'])
  attack(`c14n-colons, ${name}`, {
    message: ({ genuine }) => before(genuine, 'samlp:Status', `<${name}></${name}>`),
    code: 'xml_name',
  })
