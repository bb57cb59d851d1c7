// Metadata signed with the attacker's key, which it brings along in KeyInfo, or names as the key of
// the entity itself.
import { entityDescriptor, keyDescriptor, ssoService } from '../saml/metadata/metadata-text.ts'
import { certificateOf } from '../support/keys.ts'
import { signText } from '../support/sign-text.ts'
import { signedMetadataAttack } from './metadata-harness.ts'

const genuine = await signText(entityDescriptor())
const x509 = (certificate: string) =>
  `<ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>`
const self = entityDescriptor({
  content:
    keyDescriptor('signing', certificateOf('attacker')) +
    ssoService('https://attacker.example/sso'),
})

for (const [name, xml, keyInfo] of [
  ['its own certificate', entityDescriptor(), x509(certificateOf('attacker'))],
  ['the pinned certificate', entityDescriptor(), x509(certificateOf('idp'))],
  ['both', entityDescriptor(), x509(certificateOf('idp')) + x509(certificateOf('attacker'))],
  ['nothing', entityDescriptor(), ''],
  ['the key that the metadata says', self, x509(certificateOf('attacker'))],
] as const)
  signedMetadataAttack(`metadata-signature-key-info, ${name}`, {
    genuine,
    manipulated: signText(xml, { key: 'attacker', keyInfo }),
    code: 'signature_invalid',
  })
