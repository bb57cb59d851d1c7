// Text or tags before or after the document (CVE-2022-39353).
import { attack, harmless } from './harness.ts'

for (const trailing of ['x', '&#32;', '</samlp:Response>', '<', '\u00a0', '\0'])
  attack(`xml-trailing-content ${JSON.stringify(trailing)}`, {
    message: ({ genuine }) => genuine + trailing,
    code:
      trailing === '\0' ? 'xml_character' : trailing === '<' ? 'xml_malformed' : 'xml_malformed',
  })

attack('xml-trailing-content, before it', {
  message: ({ genuine }) => `x${genuine}`,
  code: 'xml_malformed',
})

attack('xml-trailing-content, cut off', {
  message: ({ genuine }) => genuine.slice(0, -1),
  code: 'xml_malformed',
})

harmless('xml-trailing-content, white space', {
  message: ({ genuine }) => `\r\n ${genuine}\n\t`,
})
