// A signed message that two XML readers do not see alike: whichever is deceived, nobody logs in.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('c14n-two-readers', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => replaceOnce(text, '<saml:Subject>', '<saml:Subject __proto__="x">'),
    }),
  code: 'readers_disagree',
})
