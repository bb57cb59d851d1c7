// Attributes as HTML writes them.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const attribute of ['a=b', 'a', 'a=', 'a="b', 'a=\'b"', 'a="b"c="d"', 'a="<"', 'a=“b”'])
  attack(`xml-unquoted-attribute ${attribute}`, {
    message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', `<samlp:Status ${attribute}>`),
    code: 'xml_malformed',
  })
