// UTF-7, in which markup looks like plain text to a filter.
import { attack } from './harness.ts'

attack('xml-utf-7, declared', {
  message: ({ genuine }) => `<?xml version="1.0" encoding="UTF-7"?>${genuine}`,
  code: 'xml_encoding',
})

attack('xml-utf-7, all of it', {
  message: ({ genuine }) => genuine.replaceAll('<', '+ADw-').replaceAll('>', '+AD4-'),
  code: 'xml_malformed',
})
