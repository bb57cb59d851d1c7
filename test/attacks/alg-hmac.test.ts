// An HMAC whose secret is the IdP's public key: the same pinned bytes must not become a shared
// secret.
import { certificateOf, pemOf, publicKeyOf } from '../support/keys.ts'
import { base64 } from '../support/sign-text.ts'
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const text = new TextEncoder()
const SECRETS: Record<string, Uint8Array<ArrayBuffer>> = {
  'the PEM certificate': text.encode(pemOf('idp')),
  'the base64 certificate': text.encode(certificateOf('idp')),
  'the public key': publicKeyOf('idp'),
}

for (const [name, secret] of Object.entries(SECRETS))
  attack(`alg-hmac, keyed with ${name}`, {
    message: async ({ respond }) => {
      const forged = await respond({
        nameID: 'bob@tenant.example',
        signature: {
          editSignedInfo: (signedInfo) =>
            replaceOnce(signedInfo, 'xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256'),
        },
      })
      const signedInfo = element(forged, 'ds:SignedInfo').replace(
        '<ds:SignedInfo',
        '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
      )
      const key = await crypto.subtle.importKey(
        'raw',
        secret,
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['sign'],
      )
      const mac = base64(await crypto.subtle.sign('HMAC', key, text.encode(signedInfo)))
      return replaceOnce(
        forged,
        element(forged, 'ds:SignatureValue'),
        `<ds:SignatureValue>${mac}</ds:SignatureValue>`,
      )
    },
    code: 'signature_algorithm',
  })
