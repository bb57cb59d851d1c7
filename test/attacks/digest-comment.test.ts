// Something else in DigestValue than the one text it must be (CVE-2025-29775).
import { element, replaceOnce } from '../support/xml-text.ts'
import { digestOf } from '../support/sign-text.ts'
import { attack, forgeWithSameID, harmless, unsigned } from './harness.ts'

/**
 * The forged message, with a DigestValue made of the digest that fits it and the one that was
 * signed.
 */
async function forgeDigest(genuine: string, join: (fitting: string, signed: string) => string) {
  const forged = forgeWithSameID(genuine)
  const value = element(genuine, 'ds:DigestValue')
  const signed = value.slice('<ds:DigestValue>'.length, -'</ds:DigestValue>'.length)
  const fitting = await digestOf(unsigned(element(forged, 'saml:Assertion')))
  return replaceOnce(forged, value, `<ds:DigestValue>${join(fitting, signed)}</ds:DigestValue>`)
}

attack('digest-comment', {
  message: ({ genuine }) => forgeDigest(genuine, (fitting, signed) => `<!--${fitting}-->${signed}`),
  code: 'xml_comment',
})

attack('digest-comment, processing instruction', {
  message: ({ genuine }) => forgeDigest(genuine, (fitting, signed) => `<?x ${fitting}?>${signed}`),
  code: 'xml_processing_instruction',
})

attack('digest-comment, child element', {
  message: ({ genuine }) =>
    forgeDigest(genuine, (fitting, signed) => `<ds:x>${fitting}</ds:x>${signed}`),
  code: 'signature_structure',
})

attack('digest-comment, two digests', {
  message: ({ genuine }) => forgeDigest(genuine, (fitting, signed) => `${fitting}${signed}`),
  code: 'signature_structure',
})

attack('digest-comment, bits that no encoder leaves', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          text.replace(/(.)=<\/ds:DigestValue>/, (_, last: string) => {
            const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
            return `${letters[letters.indexOf(last) + 1]}=</ds:DigestValue>`
          }),
      },
    }),
  code: 'signature_structure',
})

harmless('digest-comment, line breaks that were signed', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(text, '<ds:DigestValue>', '<ds:DigestValue>\n').replace(
            '</ds:DigestValue>',
            '\n</ds:DigestValue>',
          ),
      },
    }),
})
