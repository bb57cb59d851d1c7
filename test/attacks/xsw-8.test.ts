// XSW 8: the genuine Assertion, its Signature taken off, in a ds:Object of that Signature in a
// forged Assertion.
import { append, element } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

const object = (content: string) => `<ds:Object>${content}</ds:Object>`

attack('xsw-8, another ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return append(forge(genuine), 'ds:Signature', object(unsigned(assertion)))
  },
  code: 'assertion_misplaced',
})

attack('xsw-8, the same ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return append(forgeWithSameID(genuine), 'ds:Signature', object(unsigned(assertion)))
  },
  code: 'xml_duplicate_id',
})

attack('xsw-8, any ds:Object', {
  message: ({ genuine }) => append(genuine, 'ds:Signature', object('')),
  code: 'signature_structure',
})
