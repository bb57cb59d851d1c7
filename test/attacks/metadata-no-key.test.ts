// No key that could be pinned: none at all, one by name, a bare key, a certificate somewhere else.
// Never "trust any".
import { entityDescriptor, keyDescriptor, ssoService } from '../saml/metadata/metadata-text.ts'
import { element, replaceOnce } from '../support/xml-text.ts'
import { metadataAttack } from './metadata-harness.ts'

const genuine = entityDescriptor()
const key = keyDescriptor()
const data = element(key, 'ds:X509Data')
const sso = ssoService('https://idp.tenant.example/sso')
const WITHOUT: Record<string, string> = {
  'no KeyDescriptor': sso,
  'an empty KeyInfo': replaceOnce(key, data, '') + sso,
  'a KeyName': replaceOnce(key, data, '<ds:KeyName>idp</ds:KeyName>') + sso,
  'a KeyValue': replaceOnce(key, data, '<ds:KeyValue></ds:KeyValue>') + sso,
  'the certificate beside X509Data':
    replaceOnce(key, data, element(key, 'ds:X509Certificate')) + sso,
  'KeyInfo of another namespace':
    key.replace('http://www.w3.org/2000/09/xmldsig#', 'urn:other') + sso,
  'the KeyDescriptor in Extensions': `<md:Extensions>${key}</md:Extensions>${sso}`,
  'the KeyDescriptor in a comment': `<!--${key}-->${sso}`,
}

for (const [name, content] of Object.entries(WITHOUT))
  metadataAttack(`metadata-no-key, ${name}`, {
    genuine,
    manipulated: entityDescriptor({ content }),
    code: 'metadata_no_certificate',
  })

metadataAttack('metadata-no-key, an empty certificate', {
  genuine,
  manipulated: entityDescriptor({ content: keyDescriptor('signing', '') + sso }),
  code: 'certificate_malformed',
})

metadataAttack('metadata-no-key, in another role', {
  genuine,
  manipulated: replaceOnce(
    entityDescriptor({ content: sso }),
    '<md:IDP',
    `${element(entityDescriptor({ role: 'SPSSODescriptor' }), 'md:SPSSODescriptor')}<md:IDP`,
  ),
  code: 'metadata_no_certificate',
})
