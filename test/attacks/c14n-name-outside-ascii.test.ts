// Names with letters that readers fold, sort or refuse differently.
import { before, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const NAMES = [
  'saml:\u0410ssertion',
  'sam\u217c:Assertion',
  '\uff33aml:Assertion',
  'a\u0301',
  '\u{10400}',
  'a\u00b7',
]

for (const name of NAMES)
  attack(`c14n-name-outside-ascii, element ${name}`, {
    message: ({ genuine }) => before(genuine, 'samlp:Status', `<${name}></${name}>`),
    code: 'xml_name',
  })

attack('c14n-name-outside-ascii, attribute', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      ' Version="2.0"><saml:Issuer xmlns',
      ' \u0399D="x" Version="2.0"><saml:Issuer xmlns',
    ),
  code: 'xml_name',
})

attack('c14n-name-outside-ascii, prefix', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Response ', '<samlp:Response xmlns:\u0455aml="urn:a" '),
  code: 'xml_name',
})
