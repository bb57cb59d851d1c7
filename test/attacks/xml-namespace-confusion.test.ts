// The right local name in a wrong namespace, or in none (CVE-2025-66567).
import { replaceEach, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'

/** An element of the Assertion in another namespace, and signed so. */
const renamed = (name: string) => (text: string) =>
  replaceEach(
    text.replace(new RegExp(`<saml:${name}(?=[ >])`, 'g'), `<a:${name} xmlns:a="urn:a"`),
    `</saml:${name}>`,
    `</a:${name}>`,
  )

attack('xml-namespace-confusion, Response', {
  message: ({ genuine }) =>
    genuine.replace('urn:oasis:names:tc:SAML:2.0:protocol', 'urn:oasis:names:tc:SAML:1.0:protocol'),
  code: 'root_not_response',
})

attack('xml-namespace-confusion, Response without one', {
  message: ({ genuine }) => replaceEach(genuine.replace(/ xmlns:samlp="[^"]*"/, ''), 'samlp:', ''),
  code: 'root_not_response',
})

attack('xml-namespace-confusion, Assertion', {
  message: ({ genuine }) =>
    genuine.replace(`<saml:Assertion xmlns:saml="${SAML}"`, '<saml:Assertion xmlns:saml="urn:a"'),
  code: 'response_structure',
})

attack('xml-namespace-confusion, Assertion deep inside', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Status>', '<samlp:Status><Assertion xmlns="urn:a"></Assertion>'),
  code: 'assertion_misplaced',
})

attack('xml-namespace-confusion, Signature', {
  message: ({ genuine }) =>
    genuine.replace('http://www.w3.org/2000/09/xmldsig#"', 'http://www.w3.org/2000/09/xmldsig"'),
  code: 'signature_missing',
})

attack('xml-namespace-confusion, SignedInfo', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="urn:a">'),
  code: 'signature_structure',
})

attack('xml-namespace-confusion, Status', {
  message: ({ genuine }) =>
    replaceEach(
      replaceOnce(genuine, '<samlp:Status>', '<a:Status xmlns:a="urn:a">'),
      '</samlp:Status>',
      '</a:Status>',
    ),
  code: 'response_structure',
})

attack('xml-namespace-confusion, Issuer of the Response', {
  message: ({ genuine }) =>
    genuine.replace(`<saml:Issuer xmlns:saml="${SAML}"`, '<saml:Issuer xmlns:saml="urn:a"'),
  code: 'response_structure',
})

const SIGNED = {
  NameID: 'name_id',
  Subject: 'assertion_structure',
  Conditions: 'assertion_structure',
  AttributeStatement: 'assertion_structure',
  AuthnStatement: 'assertion_structure',
  AudienceRestriction: 'audience',
  Audience: 'audience',
  SubjectConfirmation: 'bearer',
  SubjectConfirmationData: 'recipient',
  Attribute: 'attribute_missing',
  AttributeValue: 'attribute_missing',
} as const

for (const [name, code] of Object.entries(SIGNED))
  attack(`xml-namespace-confusion, ${name}, and signed so`, {
    message: ({ respond }) => respond({ editAssertion: renamed(name) }),
    code,
  })
