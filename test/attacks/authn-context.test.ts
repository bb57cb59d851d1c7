// A weaker authentication than the connection requires.
import { attack, harmless } from './harness.ts'
import { replaceOnce } from '../support/xml-text.ts'

const MFA = 'https://refeds.org/profile/mfa'
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const REQUIRED = { requestedAuthnContext: [MFA], requireAuthnContext: true }
const by = (context: string) => ({
  editAssertion: (text: string) => replaceOnce(text, `>${PASSWORD}<`, `>${context}<`),
})

attack('authn-context, a password', {
  connection: REQUIRED,
  genuine: by(MFA),
  message: ({ respond }) => respond(),
  code: 'authn_context',
  received: /PasswordProtectedTransport$/,
})

attack('authn-context, one that only begins with it', {
  connection: REQUIRED,
  genuine: by(MFA),
  message: ({ respond }) => respond(by(`${MFA}/`)),
  code: 'authn_context',
})

attack('authn-context, none', {
  connection: REQUIRED,
  genuine: by(MFA),
  message: ({ respond }) => respond(by('')),
  code: 'authn_context',
})

harmless('authn-context, asked and not required', {
  connection: { ...REQUIRED, requireAuthnContext: false },
  genuine: by('urn:a'),
  message: ({ respond }) => respond(by('urn:a')),
})
