// What looks like a namespace declaration and is none, or is one to some readers only.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const LOOKALIKES = [
  'xmlnsa="urn:a"',
  'XMLNS="urn:a"',
  'Xmlns:a="urn:a"',
  'xmlns:xmlns="urn:a"',
  'xmlns:xml="urn:a"',
  'xmlns:xml="http://www.w3.org/XML/1998/namespace"',
  'xmlns:a="http://www.w3.org/XML/1998/namespace"',
  'xmlns:a="http://www.w3.org/2000/xmlns/"',
  'xmlns="http://www.w3.org/2000/xmlns/"',
  'xmlns:XML="urn:a"',
  'samlp:xmlns="urn:a"',
  'xml:a="b"',
  'xml-a="b"',
]

for (const text of LOOKALIKES)
  attack(`c14n-xmlns-lookalike ${text}`, {
    message: ({ genuine }) => replaceOnce(genuine, '<samlp:Response ', `<samlp:Response ${text} `),
    code: 'xml_namespace',
  })

attack('c14n-xmlns-lookalike, as an element', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<samlp:Status><xmlns></xmlns>'),
  code: 'xml_namespace',
})
