// Metadata whose signature was taken off, emptied, or stands where it signs nothing.
import { entitiesDescriptor, entityDescriptor } from '../saml/metadata/metadata-text.ts'
import { signText } from '../support/sign-text.ts'
import { element, replaceOnce, without } from '../support/xml-text.ts'
import { signedMetadataAttack } from './metadata-harness.ts'

const genuine = await signText(entityDescriptor())
const signature = element(genuine, 'ds:Signature')

for (const [code, name, manipulated] of [
  ['metadata_unsigned', 'taken off', without(genuine, 'ds:Signature')],
  [
    'metadata_unsigned',
    'of another namespace',
    replaceOnce(
      genuine,
      '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
      '<ds:Signature xmlns:ds="urn:other"',
    ),
  ],
  ['metadata_unsigned', 'in a comment', replaceOnce(genuine, signature, `<!--${signature}-->`)],
  [
    'signature_structure',
    'empty',
    replaceOnce(
      genuine,
      signature,
      '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>',
    ),
  ],
  ['signature_structure', 'without SignatureValue', without(genuine, 'ds:SignatureValue')],
  ['signature_reference', 'without Reference', without(genuine, 'ds:Reference')],
  ['signature_misplaced', 'of an entity in an unsigned aggregate', entitiesDescriptor(genuine)],
] as const)
  signedMetadataAttack(`metadata-signature-none, ${name}`, { genuine, manipulated, code })
