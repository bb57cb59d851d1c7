// A signed message that two XML readers do not see alike: whichever is right, nobody logs in.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('c14n-two-readers, one of them refuses', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => replaceOnce(text, '<saml:Subject>', '<saml:Subject __proto__="x">'),
    }),
  code: 'readers_disagree',
})

attack('c14n-two-readers, one of them reads another attribute', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => replaceOnce(text, '<saml:Subject>', '<saml:Subject toString="x">'),
    }),
  code: 'readers_disagree',
})

attack('c14n-two-readers, one of them reads another element', {
  genuine: { sign: ['Response'] },
  message: ({ respond }) =>
    respond({
      sign: ['Response'],
      editResponse: (text) =>
        replaceOnce(
          text,
          '<samlp:Status>',
          '<samlp:Extensions><valueOf></valueOf></samlp:Extensions><samlp:Status>',
        ),
    }),
  code: 'readers_disagree',
})
