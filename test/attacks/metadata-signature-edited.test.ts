// Signed metadata that was edited afterwards: each thing that is read from it.
import { entityDescriptor, IDP, MD } from '../saml/metadata/metadata-text.ts'
import { certificateOf } from '../support/keys.ts'
import { signText } from '../support/sign-text.ts'
import { element, replaceOnce } from '../support/xml-text.ts'
import { signedMetadataAttack } from './metadata-harness.ts'

const genuine = await signText(entityDescriptor({ validUntil: '2026-12-01T00:00:00Z' }))
const role = element(genuine, 'md:IDPSSODescriptor')
const EDITS: Record<string, string> = {
  entityID: replaceOnce(genuine, `entityID="${IDP}"`, 'entityID="https://attacker.example"'),
  validUntil: replaceOnce(genuine, '2026-12-01', '2036-12-01'),
  'validUntil taken out': replaceOnce(genuine, ' validUntil="2026-12-01T00:00:00Z"', ''),
  Location: replaceOnce(genuine, 'idp.tenant.example/sso', 'attacker.example/sso'),
  'the certificate': replaceOnce(
    genuine,
    role,
    role.replace(certificateOf('idp'), certificateOf('attacker')),
  ),
  'the use of a key': replaceOnce(genuine, ' use="signing"', ''),
  'white space': replaceOnce(genuine, '</md:EntityDescriptor>', ' </md:EntityDescriptor>'),
  'the prefix of the role': replaceOnce(
    genuine,
    role,
    role
      .replaceAll('md:IDPSSODescriptor', 'm:IDPSSODescriptor')
      .replace(' protocol', ` xmlns:m="${MD}" protocol`),
  ),
}

for (const [name, manipulated] of Object.entries(EDITS))
  signedMetadataAttack(`metadata-signature-edited, ${name}`, {
    genuine,
    manipulated,
    code: 'signature_digest',
  })

signedMetadataAttack('metadata-signature-edited, with the digest', {
  genuine,
  manipulated: genuine.replace(/(?<=<ds:DigestValue>)./, (letter) => (letter === 'A' ? 'B' : 'A')),
  code: 'signature_invalid',
})
