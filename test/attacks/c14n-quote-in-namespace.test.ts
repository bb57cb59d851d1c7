// A namespace URI that a canonicalizer which does not escape it writes out as an attribute.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const uri of [
  `urn:a&quot; ID=&quot;_other`,
  `urn:a" ID="_other`,
  `urn:a&#34;`,
  `urn:&lt;a>`,
  `urn:a b`,
  `urn:a&#9;`,
  `urn:\u00e9`,
])
  attack(`c14n-quote-in-namespace ${uri}`, {
    message: ({ genuine }) =>
      replaceOnce(genuine, '<samlp:Response ', `<samlp:Response xmlns:a='${uri}' `),
    code: 'xml_namespace',
  })
