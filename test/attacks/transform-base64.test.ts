// A signed transform that turns text into octets: base64.
import { EXCLUSIVE } from '../support/sign-text.ts'
import { after, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const BASE64 = 'http://www.w3.org/2000/09/xmldsig#base64'

attack('transform-base64, a third one', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          after(text, 'ds:Transform', `<ds:Transform Algorithm="${BASE64}"></ds:Transform>`),
      },
    }),
  code: 'signature_transform',
})

attack('transform-base64, in place of canonicalization', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(
            text,
            `<ds:Transform Algorithm="${EXCLUSIVE}">`,
            `<ds:Transform Algorithm="${BASE64}">`,
          ),
      },
    }),
  code: 'signature_transform',
})
