// A byte order mark: one may stand before the document, and nowhere else.
import { attack, harmless } from './harness.ts'

harmless('xml-bom, one', {
  message: ({ genuine }) => `\ufeff${genuine}`,
})

harmless('xml-bom, before an XML declaration', {
  message: ({ genuine }) =>
    `\ufeff<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n${genuine}`,
})

attack('xml-bom, two', {
  message: ({ genuine }) => `\ufeff\ufeff${genuine}`,
  code: 'xml_malformed',
})

attack('xml-bom, after the document', {
  message: ({ genuine }) => `${genuine}\ufeff`,
  code: 'xml_malformed',
})

attack('xml-bom, white space before an XML declaration', {
  message: ({ genuine }) => ` <?xml version="1.0"?>${genuine}`,
  code: 'xml_processing_instruction',
})
