// Elements nested deeper than any message needs: a recursive reader would run out of stack.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const depth of [64, 5000])
  attack(`xml-deep-nesting, ${depth} levels`, {
    message: ({ genuine }) =>
      replaceOnce(
        genuine,
        '<samlp:Status>',
        `<samlp:Extensions>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</samlp:Extensions><samlp:Status>`,
      ),
    code: 'xml_too_deep',
  })
