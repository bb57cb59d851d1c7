// Canonicalization that keeps comments, or another that is not on the list.
import { EXCLUSIVE } from '../support/sign-text.ts'
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const OTHERS = [
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
  'http://www.w3.org/2006/12/xml-c14n11',
  'http://www.w3.org/2010/xml-c14n2',
]

for (const uri of OTHERS) {
  attack(`transform-with-comments, Transform ${uri}`, {
    message: ({ respond }) =>
      respond({
        signature: {
          editSignedInfo: (text) =>
            replaceOnce(
              text,
              `<ds:Transform Algorithm="${EXCLUSIVE}">`,
              `<ds:Transform Algorithm="${uri}">`,
            ),
        },
      }),
    code: 'signature_transform',
  })

  attack(`transform-with-comments, CanonicalizationMethod ${uri}`, {
    message: ({ respond }) =>
      respond({
        signature: {
          editSignedInfo: (text) =>
            replaceOnce(
              text,
              `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}">`,
              `<ds:CanonicalizationMethod Algorithm="${uri}">`,
            ),
        },
      }),
    code: 'signature_transform',
  })
}
