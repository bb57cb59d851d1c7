// XSW 5: a forged Assertion with the genuine Signature; the genuine Assertion, its Signature taken
// off, after it.
import { after, element } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

attack('xsw-5, another ID', {
  genuine: { responseID: '_response' },
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return after(forge(genuine), 'saml:Assertion', unsigned(assertion))
  },
  code: 'assertion_not_single',
})

attack('xsw-5, the same ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return after(forgeWithSameID(genuine), 'saml:Assertion', unsigned(assertion))
  },
  code: 'xml_duplicate_id',
})
