// XSW 4: the genuine Assertion inside a forged one.
import { append, element, replaceOnce } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

attack('xsw-4, another ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    const forged = append(forge(unsigned(assertion)), 'saml:Assertion', assertion)
    return replaceOnce(genuine, assertion, forged)
  },
  code: 'assertion_misplaced',
})

attack('xsw-4, the same ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    const forged = append(forgeWithSameID(unsigned(assertion)), 'saml:Assertion', assertion)
    return replaceOnce(genuine, assertion, forged)
  },
  code: 'xml_duplicate_id',
})
