// Characters that XML 1.0 does not allow, themselves or by reference.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const CHARACTERS = ['\u0001', '\u0008', '\u000b', '\u001f', '\ufffe', '\uffff']
const REFERENCES = ['&#1;', '&#x8;', '&#11;', '&#x1F;', '&#xFFFE;', '&#x110000;', '&#9999999;']

for (const text of [...CHARACTERS, ...REFERENCES])
  attack(`xml-control-characters ${JSON.stringify(text)}`, {
    message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', `<samlp:Status>${text}`),
    code: 'xml_character',
  })

attack('xml-control-characters, in an attribute', {
  message: ({ genuine }) => replaceOnce(genuine, 'SessionIndex="', 'SessionIndex="&#2;'),
  code: 'xml_character',
})
