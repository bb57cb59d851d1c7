// Wrapping of signed metadata: the signed entity stays somewhere, and a forged one stands where a
// reader looks.
import type { SamlCode } from '../../src/saml/refusal.ts'
import {
  entitiesDescriptor,
  entityDescriptor,
  IDP,
  keyDescriptor,
  ssoService,
} from '../saml/metadata/metadata-text.ts'
import { certificateOf } from '../support/keys.ts'
import { signText } from '../support/sign-text.ts'
import { append, element, prepend, without } from '../support/xml-text.ts'
import { signedMetadataAttack } from './metadata-harness.ts'

const genuine = await signText(entityDescriptor())
const signature = element(genuine, 'ds:Signature')
const bare = without(genuine, 'ds:Signature')
const content =
  keyDescriptor('signing', certificateOf('attacker')) + ssoService('https://attacker.example/sso')
const forge = (ID: string, extensions = '') => entityDescriptor({ ID, content, extensions })
const inExtensions = (xml: string) => `<md:Extensions>${xml}</md:Extensions>`
const inObject = `<ds:Object>${bare}</ds:Object>`

const WRAPPED: Record<string, [code: SamlCode, xml: string]> = {
  'the signed entity in Extensions': [
    'signature_misplaced',
    forge('_forged', inExtensions(genuine)),
  ],
  'the same, with the same ID': ['xml_duplicate_id', forge('_entity', inExtensions(genuine))],
  'the same, with the Signature moved to the root': [
    'signature_reference',
    prepend(forge('_forged', inExtensions(bare)), 'md:EntityDescriptor', signature),
  ],
  'the same, without an ID': [
    'xml_id',
    prepend(forge('', inExtensions(bare)), 'md:EntityDescriptor', signature),
  ],
  'the signed entity in the Signature': [
    'signature_structure',
    prepend(forge('_forged'), 'md:EntityDescriptor', append(signature, 'ds:Signature', inObject)),
  ],
  'the signed entity in KeyInfo': [
    'signature_reference',
    prepend(forge('_forged'), 'md:EntityDescriptor', append(signature, 'ds:KeyInfo', bare)),
  ],
  'the signed entity beside a forged one': [
    'signature_misplaced',
    entitiesDescriptor(forge('_forged') + genuine),
  ],
  'the same, the forged one last': [
    'signature_misplaced',
    entitiesDescriptor(genuine + forge('_forged')),
  ],
  'the same, with the Signature moved to the root, beside': [
    'signature_reference',
    prepend(entitiesDescriptor(forge('_forged') + bare), 'md:EntitiesDescriptor', signature),
  ],
  'a forged entity in the signed one': [
    'signature_digest',
    append(genuine, 'md:EntityDescriptor', inExtensions(forge('_forged'))),
  ],
  'a forged role before the signed one': [
    'signature_digest',
    genuine.replace('<md:IDP', `${element(forge('_forged'), 'md:IDPSSODescriptor')}<md:IDP`),
  ],
  'two Signatures, one of the attacker': [
    'signature_misplaced',
    append(await signText(forge('_forged'), { key: 'attacker' }), 'md:EntityDescriptor', signature),
  ],
}

for (const [name, [code, manipulated]] of Object.entries(WRAPPED))
  signedMetadataAttack(`metadata-signature-wrapping, ${name}`, { genuine, manipulated, code })

const many = await signText(entitiesDescriptor(entityDescriptor({}, false)))
signedMetadataAttack('metadata-signature-wrapping, a forged twin put into the signed aggregate', {
  genuine: many,
  manipulated: append(many, 'md:EntitiesDescriptor', forge('_forged')),
  code: 'signature_digest',
  entityID: IDP,
})
signedMetadataAttack('metadata-signature-wrapping, the signed aggregate in another', {
  genuine: many,
  manipulated: entitiesDescriptor(forge('_forged') + many, { ID: '_outer' }),
  code: 'signature_misplaced',
  entityID: IDP,
})
