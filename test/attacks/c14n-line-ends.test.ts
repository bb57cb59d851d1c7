// Line ends and white space that XML normalizes: the same octets, whatever the spelling.
import { replaceEach, replaceOnce } from '../support/xml-text.ts'
import { attack, harmless } from './harness.ts'

const twoLines = (text: string) => replaceOnce(text, '</saml:Subject>', '\n</saml:Subject>')

harmless('c14n-line-ends, CRLF for a signed line feed', {
  message: async ({ respond }) =>
    replaceEach(await respond({ editAssertion: twoLines }), '\n', '\r\n'),
})

attack('c14n-line-ends, a carriage return by reference', {
  message: async ({ respond }) =>
    replaceEach(await respond({ editAssertion: twoLines }), '\n', '&#13;\n'),
  code: 'signature_digest',
})

harmless('c14n-line-ends, a tab for a space in a signed attribute', {
  genuine: { sessionIndex: 'a b' },
  message: ({ genuine }) => replaceEach(genuine, '"a b"', '"a\tb"'),
})

attack('c14n-line-ends, a tab by reference', {
  genuine: { sessionIndex: 'a b' },
  message: ({ genuine }) => replaceEach(genuine, '"a b"', '"a&#9;b"'),
  code: 'signature_digest',
})
