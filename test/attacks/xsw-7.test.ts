// XSW 7: an Assertion in Extensions, where the schema takes anything.
import { before, element } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

const extensions = (content: string) => `<samlp:Extensions>${content}</samlp:Extensions>`

attack('xsw-7, another ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return before(genuine, 'samlp:Status', extensions(forge(unsigned(assertion))))
  },
  code: 'assertion_misplaced',
})

attack('xsw-7, the same ID', {
  message: ({ genuine }) => {
    const assertion = element(genuine, 'saml:Assertion')
    return before(genuine, 'samlp:Status', extensions(forgeWithSameID(unsigned(assertion))))
  },
  code: 'xml_duplicate_id',
})
