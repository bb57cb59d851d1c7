// The same attribute twice: one reader takes the first, another the last.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('xml-duplicate-attribute, Destination', {
  message: ({ genuine }) =>
    genuine.replace(' Destination="', ' Destination="https://attacker.example/" Destination="'),
  code: 'xml_duplicate_attribute',
})

attack('xml-duplicate-attribute, ID', {
  message: ({ genuine }) => genuine.replace(' ID="', ' ID="_other" ID="'),
  code: 'xml_duplicate_attribute',
})

attack('xml-duplicate-attribute, by two prefixes of one namespace', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      '<samlp:Status>',
      '<samlp:Status xmlns:a="urn:a" xmlns:b="urn:a" a:x="1" b:x="2">',
    ),
  code: 'xml_duplicate_attribute',
})

attack('xml-duplicate-attribute, xmlns', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Status>', '<samlp:Status xmlns:a="urn:a" xmlns:a="urn:b">'),
  code: 'xml_duplicate_attribute',
})
