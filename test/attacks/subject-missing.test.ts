// An assertion that is about nobody.
import { replaceOnce, element } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('subject-missing', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => replaceOnce(text, element(text, 'saml:Subject'), ''),
    }),
  code: 'subject',
})

attack('subject-missing, two', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => {
        const subject = element(text, 'saml:Subject')
        return replaceOnce(text, subject, subject + subject)
      },
    }),
  code: 'assertion_structure',
})
