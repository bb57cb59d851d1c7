// A signed transform that computes what is digested: XPath.
import { ENVELOPED } from '../support/sign-text.ts'
import { before, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116'
const transform =
  `<ds:Transform Algorithm="${XPATH}"><ds:XPath>` +
  `not(ancestor-or-self::saml:Subject)</ds:XPath></ds:Transform>`

attack('transform-xpath, a third one', {
  message: ({ respond }) =>
    respond({
      signature: { editSignedInfo: (text) => before(text, 'ds:Transform', transform) },
    }),
  code: 'signature_transform',
})

attack('transform-xpath, in place of enveloped-signature', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(text, `<ds:Transform Algorithm="${ENVELOPED}"></ds:Transform>`, transform),
      },
    }),
  code: 'signature_transform',
})

attack('transform-xpath, filter 2.0', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(text, ENVELOPED, 'http://www.w3.org/2002/06/xmldsig-filter2'),
      },
    }),
  code: 'signature_transform',
})

attack('transform-xpath, inside enveloped-signature', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(
            text,
            `<ds:Transform Algorithm="${ENVELOPED}">`,
            `<ds:Transform Algorithm="${ENVELOPED}"><ds:XPath>self::node()</ds:XPath>`,
          ),
      },
    }),
  code: 'signature_transform',
})
