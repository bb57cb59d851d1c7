// A plaintext that is something else than one Assertion, under a Response that the IdP has signed.
import { encryptText } from '../support/encrypt-text.ts'
import { signText } from '../support/sign-text.ts'
import { attack, harmless, type Scene } from './harness.ts'

const signed = ['Response' as const]

/** A signed Response around a plaintext of our choice. */
async function around({ idp }: Scene, plaintext: string): Promise<string> {
  return signText(idp.wrap(await encryptText(plaintext)))
}

const PLAINTEXTS: Record<string, (assertion: string) => string> = {
  'a Response': (assertion) =>
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a" Version="2.0">${assertion}</samlp:Response>`,
  'an Assertion of another namespace': (assertion) =>
    assertion.replace('SAML:2.0:assertion', 'SAML:1.0:assertion'),
  'two Assertions': (assertion) => assertion + assertion,
  text: () => 'alice@tenant.example',
  nothing: () => '',
  'a DOCTYPE': (assertion) => `<!DOCTYPE x>${assertion}`,
  'a comment': (assertion) => `${assertion}<!-- -->`,
  'an Assertion in an Assertion': (assertion) =>
    assertion.replace(
      '<saml:Subject>',
      () => `<saml:Advice>${assertion.replace(/ ID="/, ' ID="_b')}</saml:Advice><saml:Subject>`,
    ),
  'an encrypted Assertion': () =>
    '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"></saml:EncryptedAssertion>',
  'an undeclared prefix': (assertion) => assertion.replace(/ xmlns:saml="[^"]*"/, ''),
}

for (const [name, plaintext] of Object.entries(PLAINTEXTS))
  attack(`encryption-not-assertion, ${name}`, {
    genuine: { sign: signed, encrypt: true },
    message: (scene) => around(scene, plaintext(scene.idp.assert())),
    code: 'encryption_failed',
  })

attack('encryption-not-assertion, a Signature in it that is not good', {
  genuine: { sign: signed, encrypt: true },
  message: async (scene) => around(scene, await signText(scene.idp.assert(), { key: 'attacker' })),
  code: 'encryption_failed',
})

harmless('encryption-not-assertion, an Assertion', {
  genuine: { sign: signed, encrypt: true },
  message: (scene) => around(scene, scene.idp.assert()),
})
