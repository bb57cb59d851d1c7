// XSW 6: the genuine Assertion, its Signature taken off, inside that Signature in a forged
// Assertion.
import { append, element } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

attack('xsw-6, another ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return append(forge(genuine), 'ds:Signature', unsigned(assertion))
  },
  code: 'assertion_misplaced',
})

attack('xsw-6, the same ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return append(forgeWithSameID(genuine), 'ds:Signature', unsigned(assertion))
  },
  code: 'xml_duplicate_id',
})
