// Thousands of namespace declarations, each of which canonicalization would carry along.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const declarations = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ` xmlns:n${from + index}="urn:${index}"`).join('')

attack('xml-many-namespaces, on one element', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Response ', `<samlp:Response${declarations(0, 4000)} `),
  code: 'xml_too_large',
})

attack('xml-many-namespaces, on nested elements', {
  message: ({ genuine }) => {
    const levels = Array.from(
      { length: 50 },
      (_, index) => `<a${declarations(index * 60, index * 60 + 60)}>`,
    )
    return replaceOnce(
      genuine,
      '<samlp:Status>',
      `<samlp:Extensions>${levels.join('')}${'</a>'.repeat(50)}</samlp:Extensions><samlp:Status>`,
    )
  },
  code: 'xml_too_large',
})
