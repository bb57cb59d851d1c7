// Entities that grow exponentially: never declared, never expanded.
import { attack } from './harness.ts'

const laughs = Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY lol${index + 1} "${`&lol${index};`.repeat(10)}">`,
).join('')

attack('xml-billion-laughs', {
  message: ({ genuine }) =>
    `<!DOCTYPE x [<!ENTITY lol0 "lol">${laughs}]>` +
    genuine.replace('>alice@tenant.example<', '>&lol9;<'),
  code: 'xml_doctype',
})
