// A message signed with the attacker's key, which it brings along: KeyInfo is never a source of
// keys.
import { certificateOf, publicKeyOf } from '../support/keys.ts'
import { base64 } from '../support/sign-text.ts'
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack, harmless } from './harness.ts'

const x509 = (certificate: string) =>
  `<ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>`
const KEY_INFOS: Record<string, string> = {
  X509Certificate: x509(certificateOf('attacker')),
  'the certificate of the IdP': x509(certificateOf('idp')),
  KeyName: '<ds:KeyName>idp</ds:KeyName>',
  DEREncodedKeyValue: `<dsig11:DEREncodedKeyValue xmlns:dsig11="http://www.w3.org/2009/xmldsig11#">${base64(publicKeyOf('attacker'))}</dsig11:DEREncodedKeyValue>`,
  RetrievalMethod:
    '<ds:RetrievalMethod Type="http://www.w3.org/2000/09/xmldsig#rawX509Certificate" URI="https://attacker.example/certificate"></ds:RetrievalMethod>',
  nothing: '',
}

for (const [name, keyInfo] of Object.entries(KEY_INFOS))
  attack(`key-info-own-key, ${name}`, {
    message: ({ forger }) => forger.respond({ signature: { keyInfo } }),
    code: 'signature_invalid',
  })

attack('key-info-own-key, on the Response around a genuine Assertion', {
  message: async ({ forger, genuine }) => {
    const forged = await forger.respond({ sign: ['Response'] })
    return replaceOnce(
      forged,
      element(forged, 'saml:Assertion'),
      element(genuine, 'saml:Assertion'),
    )
  },
  code: 'signature_invalid',
})

harmless('key-info-own-key, put into the genuine message', {
  message: ({ genuine }) =>
    replaceOnce(genuine, element(genuine, 'ds:X509Data'), KEY_INFOS['X509Certificate']!),
})
