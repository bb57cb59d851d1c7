// A message within the size limit that is nothing but tags, attributes or siblings.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const FILLINGS: Record<string, string> = {
  elements: '<a/>'.repeat(25_000),
  'an element with 100 attributes': `<a${Array.from({ length: 100 }, (_, index) => ` b${index}=""`).join('')}/>`,
  'text and elements': 'x<a/>'.repeat(15_000),
  'CDATA sections': '<![CDATA[]]>'.repeat(20_001),
}

for (const [name, filling] of Object.entries(FILLINGS))
  attack(`xml-many-nodes, ${name}`, {
    message: ({ genuine }) =>
      replaceOnce(
        genuine,
        '<samlp:Status>',
        `<samlp:Extensions>${filling}</samlp:Extensions><samlp:Status>`,
      ),
    code: 'xml_too_large',
  })
