// A second DigestValue in one Reference: one was signed, the other is compared (CVE-2025-29774,
// CVE-2025-29775).
import { after, before, element } from '../support/xml-text.ts'
import { digestOf } from '../support/sign-text.ts'
import { attack, forgeWithSameID, unsigned } from './harness.ts'

async function fittingDigestValue(forged: string): Promise<string> {
  const digest = await digestOf(unsigned(element(forged, 'saml:Assertion')))
  return `<ds:DigestValue>${digest}</ds:DigestValue>`
}

attack('xsw-second-digest-value, before the genuine one', {
  message: async ({ genuine }) => {
    const forged = forgeWithSameID(genuine)
    return before(forged, 'ds:DigestValue', await fittingDigestValue(forged))
  },
  code: 'signature_structure',
})

attack('xsw-second-digest-value, after the genuine one', {
  message: async ({ genuine }) => {
    const forged = forgeWithSameID(genuine)
    return after(forged, 'ds:DigestValue', await fittingDigestValue(forged))
  },
  code: 'signature_structure',
})
