// A second SignedInfo in one Signature: one is verified, the other is read (CVE-2019-3465,
// CVE-2025-29774).
import { after, before, element, replaceOnce } from '../support/xml-text.ts'
import { digestOf } from '../support/sign-text.ts'
import { attack, forgeWithSameID, unsigned } from './harness.ts'

/** The forged message, and a SignedInfo that fits it. */
async function forgeSignedInfo(genuine: string) {
  const forged = forgeWithSameID(genuine)
  const digest = element(genuine, 'ds:DigestValue')
  const fitting = await digestOf(unsigned(element(forged, 'saml:Assertion')))
  const decoy = replaceOnce(
    element(genuine, 'ds:SignedInfo'),
    digest,
    `<ds:DigestValue>${fitting}</ds:DigestValue>`,
  )
  return { forged, decoy }
}

attack('xsw-second-signed-info, before the genuine one', {
  message: async ({ genuine }) => {
    const { forged, decoy } = await forgeSignedInfo(genuine)
    return before(forged, 'ds:SignedInfo', decoy)
  },
  code: 'signature_structure',
})

attack('xsw-second-signed-info, after the genuine one', {
  message: async ({ genuine }) => {
    const { forged, decoy } = await forgeSignedInfo(genuine)
    return after(forged, 'ds:SignedInfo', decoy)
  },
  code: 'signature_structure',
})

attack('xsw-second-signed-info, at the end', {
  message: async ({ genuine }) => {
    const { forged, decoy } = await forgeSignedInfo(genuine)
    return after(forged, 'ds:KeyInfo', decoy)
  },
  code: 'signature_structure',
})

attack('xsw-second-signed-info, inside the genuine one', {
  message: async ({ genuine }) => {
    const { forged, decoy } = await forgeSignedInfo(genuine)
    return before(forged, 'ds:Reference', decoy)
  },
  code: 'signature_reference',
})
