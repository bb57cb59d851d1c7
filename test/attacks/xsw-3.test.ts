// XSW 3: a forged Assertion before the genuine one.
import { before, element } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

attack('xsw-3, another ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return before(genuine, 'saml:Assertion', forge(unsigned(assertion)))
  },
  code: 'assertion_not_single',
})

attack('xsw-3, the same ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return before(genuine, 'saml:Assertion', forgeWithSameID(unsigned(assertion)))
  },
  code: 'xml_duplicate_id',
})
