// A canonicalization that keeps comments, with a comment in the message; and one that is not on the
// list.
import { EXCLUSIVE } from '../support/sign-text.ts'
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const canonicalization of ['exclusive', 'inclusive'] as const)
  for (const place of ['<saml:NameID', '<saml:Subject>', '<ds:SignatureMethod'])
    attack(`transform-with-comments, a comment in the message, ${canonicalization}, ${place}`, {
      genuine: { signature: { canonicalization, withComments: true } },
      message: ({ genuine }) => replaceOnce(genuine, place, `<!-- c -->${place}`),
      code: 'xml_comment',
    })

const OTHERS = [
  'http://www.w3.org/2006/12/xml-c14n11',
  'http://www.w3.org/2006/12/xml-c14n11#WithComments',
  'http://www.w3.org/2010/xml-c14n2',
  `${EXCLUSIVE}withcomments`,
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
