// A processing instruction in a NameID or an AttributeValue, which splits the text as a comment
// does.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const LONGER = 'alice@tenant.example.attacker.example'
const SPLIT = 'alice@tenant.example<?x?>.attacker.example'

attack('xml-processing-instruction, NameID', {
  message: async ({ respond }) => replaceOnce(await respond({ nameID: LONGER }), LONGER, SPLIT),
  code: 'xml_processing_instruction',
})

attack('xml-processing-instruction, AttributeValue', {
  message: async ({ respond }) =>
    replaceOnce(
      await respond({ attributes: { email: LONGER, firstName: 'A', lastName: 'B' } }),
      LONGER,
      SPLIT,
    ),
  code: 'xml_processing_instruction',
})

attack('xml-processing-instruction, a second XML declaration', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Status>', '<?xml version="1.0"?><samlp:Status>'),
  code: 'xml_processing_instruction',
})

attack('xml-processing-instruction, before the root', {
  message: ({ genuine }) => `<?xml-stylesheet href="https://attacker.example/x.xsl"?>${genuine}`,
  code: 'xml_processing_instruction',
})
