// Something else that the IdP has signed, sent in place of a Response or used as raw material for
// one (CVE-2024-6800).
import { signText } from '../support/sign-text.ts'
import { before, element, after } from '../support/xml-text.ts'
import { attack, IDP, unsigned } from './harness.ts'

const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol'
const message = (name: string) =>
  `<samlp:${name} xmlns:samlp="${SAMLP}" ID="_other" IssueInstant="2026-11-24T12:00:00Z" Version="2.0">` +
  `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${IDP}</saml:Issuer></samlp:${name}>`

for (const name of ['LogoutRequest', 'LogoutResponse'])
  attack(`xsw-other-message-type, ${name}`, {
    message: () => signText(message(name)),
    code: 'single_logout_unsupported',
  })

for (const name of ['AuthnRequest', 'ArtifactResponse'])
  attack(`xsw-other-message-type, ${name}`, {
    message: () => signText(message(name)),
    code: 'root_not_response',
  })

attack('xsw-other-message-type, the Assertion alone', {
  message: ({ genuine }) => element(genuine, 'saml:Assertion'),
  code: 'root_not_response',
})

attack('xsw-other-message-type, a signed message in Extensions', {
  message: async ({ genuine }) =>
    before(
      unsigned(genuine),
      'samlp:Status',
      `<samlp:Extensions>${await signText(message('LogoutResponse'))}</samlp:Extensions>`,
    ),
  code: 'signature_misplaced',
})

attack('xsw-other-message-type, its Signature and ID on the Response', {
  message: async ({ idp }) => {
    const signature = element(await signText(message('LogoutResponse')), 'ds:Signature')
    return after(idp.wrap(idp.assert(), { responseID: '_other' }), 'saml:Issuer', signature)
  },
  code: 'signature_digest',
})

attack('xsw-other-message-type, a signed EntityDescriptor', {
  message: ({ genuine }) =>
    signText(
      '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_other">' +
        `${element(genuine, 'saml:Assertion')}</md:EntityDescriptor>`,
    ),
  code: 'root_not_response',
})
