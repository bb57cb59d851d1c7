// The genuine element where the schema lets anything stand, a forged one where it is read
// (CVE-2024-45409, CVE-2025-47949, CVE-2024-8698).
import { append, before, element, prepend, replaceOnce } from '../support/xml-text.ts'
import { attack, forge, unsigned } from './harness.ts'

/** The message with a forged Assertion in the genuine one's place. */
function swap(genuine: string): { assertion: string; forged: string } {
  const assertion = element(genuine, 'saml:Assertion')
  return { assertion, forged: replaceOnce(genuine, assertion, forge(unsigned(assertion))) }
}

attack('xsw-hidden-genuine, Assertion in Extensions', {
  message: ({ genuine }) => {
    const { assertion, forged } = swap(genuine)
    return before(forged, 'samlp:Status', `<samlp:Extensions>${assertion}</samlp:Extensions>`)
  },
  code: 'assertion_misplaced',
})

attack('xsw-hidden-genuine, Assertion in StatusDetail', {
  message: ({ genuine }) => {
    const { assertion, forged } = swap(genuine)
    return append(forged, 'samlp:Status', `<samlp:StatusDetail>${assertion}</samlp:StatusDetail>`)
  },
  code: 'assertion_misplaced',
})

attack('xsw-hidden-genuine, Assertion in Advice', {
  message: ({ genuine }) => {
    const { assertion, forged } = swap(genuine)
    return before(forged, 'saml:AuthnStatement', `<saml:Advice>${assertion}</saml:Advice>`)
  },
  code: 'assertion_misplaced',
})

attack('xsw-hidden-genuine, Assertion under a foreign element', {
  message: ({ genuine }) => {
    const { assertion, forged } = swap(genuine)
    return append(forged, 'samlp:Response', `<other xmlns="urn:other">${assertion}</other>`)
  },
  code: 'response_structure',
})

attack('xsw-hidden-genuine, Response in Extensions', {
  genuine: { sign: ['Response'] },
  message: ({ genuine }) =>
    before(
      forge(unsigned(genuine)),
      'samlp:Status',
      `<samlp:Extensions>${genuine}</samlp:Extensions>`,
    ),
  code: 'assertion_misplaced',
})

attack('xsw-hidden-genuine, only the Signature in Extensions', {
  message: ({ genuine }) => {
    const { assertion, forged } = swap(genuine)
    const signature = element(assertion, 'ds:Signature')
    return before(forged, 'samlp:Status', `<samlp:Extensions>${signature}</samlp:Extensions>`)
  },
  code: 'signature_misplaced',
})

attack('xsw-hidden-genuine, under another root', {
  message: ({ genuine }) => {
    const { assertion, forged } = swap(genuine)
    return prepend(`<other xmlns="urn:other">${forged}</other>`, 'other', assertion)
  },
  code: 'root_not_response',
})
