// An unsigned Assertion or EncryptedAssertion before or after the genuine one (CVE-2022-41912,
// CVE-2026-25922).
import { encryptText } from '../support/encrypt-text.ts'
import { after, before, element } from '../support/xml-text.ts'
import { attack, forge, unsigned } from './harness.ts'

const forgeAssertion = (genuine: string) => forge(unsigned(element(genuine, 'saml:Assertion')))

attack('xsw-extra-assertion, Assertion before', {
  message: ({ genuine }) => before(genuine, 'saml:Assertion', forgeAssertion(genuine)),
  code: 'assertion_not_single',
})

attack('xsw-extra-assertion, Assertion after', {
  message: ({ genuine }) => after(genuine, 'saml:Assertion', forgeAssertion(genuine)),
  code: 'assertion_not_single',
})

attack('xsw-extra-assertion, EncryptedAssertion before', {
  message: async ({ genuine }) =>
    before(genuine, 'saml:Assertion', await encryptText(forgeAssertion(genuine))),
  code: 'assertion_not_single',
})

attack('xsw-extra-assertion, EncryptedAssertion after', {
  message: async ({ genuine }) =>
    after(genuine, 'saml:Assertion', await encryptText(forgeAssertion(genuine))),
  code: 'assertion_not_single',
})

attack('xsw-extra-assertion, two that the IdP has signed', {
  message: async ({ genuine, respond }) =>
    after(genuine, 'saml:Assertion', element(await respond(), 'saml:Assertion')),
  code: 'assertion_not_single',
})

attack('xsw-extra-assertion, beside an encrypted one', {
  genuine: { encrypt: true },
  message: ({ genuine, idp }) => before(genuine, 'saml:EncryptedAssertion', forge(idp.assert())),
  code: 'assertion_not_single',
})
