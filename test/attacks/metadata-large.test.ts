// Metadata that is made to cost: it ends with a named code, whatever its size.
import { AGGREGATE_BYTES, METADATA_BYTES } from '../../src/saml/metadata/idp-metadata.ts'
import {
  enlarged,
  entitiesDescriptor,
  entityDescriptor,
  IDP,
  keyDescriptor,
} from '../saml/metadata/metadata-text.ts'
import { append } from '../support/xml-text.ts'
import { metadataAttack } from './metadata-harness.ts'

const genuine = enlarged(entitiesDescriptor(entityDescriptor({}, false)))
const beside = (content: string) => append(genuine, 'md:EntitiesDescriptor', content)

metadataAttack('metadata-large, more than 20 MiB', {
  genuine,
  manipulated: enlarged(genuine, AGGREGATE_BYTES),
  code: 'metadata_too_large',
  entityID: IDP,
})
metadataAttack('metadata-large, an entity of more than 1 MiB', {
  genuine,
  manipulated: append(genuine, 'md:EntityDescriptor', `<!--${' '.repeat(METADATA_BYTES)}-->`),
  code: 'metadata_too_large',
  entityID: IDP,
})
metadataAttack('metadata-large, 100,000 elements', {
  genuine: entityDescriptor(),
  manipulated: entityDescriptor({ content: keyDescriptor() + '<a/>'.repeat(100_000) }),
  code: 'xml_too_large',
})
metadataAttack('metadata-large, 500,000 nested elements', {
  genuine,
  manipulated: beside('<a>'.repeat(500_000)),
  code: 'xml_too_deep',
  entityID: IDP,
})
metadataAttack('metadata-large, 100,000 namespaces', {
  genuine,
  manipulated: beside(
    `<a${Array.from({ length: 100_000 }, (_, index) => ` xmlns:a${index}="urn:a"`).join('')}/>`,
  ),
  code: 'xml_too_large',
  entityID: IDP,
})
for (const [name, start, piece] of [
  ['a comment', '<!--', '- '],
  ['a CDATA section', '<![CDATA[', ']] >'],
  ['a processing instruction', '<?a ', '? >'],
  ['an attribute', '<a b="', "'>"],
  ['a name', '<', 'a'],
  ['a tag', '<a', ' b="\'"'],
  ['an end tag', '</', 'a'],
] as const)
  metadataAttack(`metadata-large, ${name} without an end`, {
    genuine,
    manipulated: `${genuine.slice(0, genuine.indexOf('</md:EntitiesDescriptor>'))}${start}${piece.repeat(1_500_000 / piece.length)}`,
    code: name === 'a tag' ? 'xml_too_large' : 'xml_malformed',
    entityID: IDP,
  })
