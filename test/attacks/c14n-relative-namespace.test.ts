// A namespace that canonicalizers fail on, so that an empty string would be digested
// (CVE-2025-66568).
import { digestOf } from '../support/sign-text.ts'
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack, forgeWithSameID } from './harness.ts'

for (const uri of ['relative', '1', '../up', '/absolute/path', '//host/path', ':'])
  attack(`c14n-relative-namespace ${uri}, the digest of nothing`, {
    message: async ({ respond }) => {
      const nothing = await digestOf('')
      const message = await respond({
        signature: {
          editSignedInfo: (text) =>
            replaceOnce(
              text,
              element(text, 'ds:DigestValue'),
              `<ds:DigestValue>${nothing}</ds:DigestValue>`,
            ),
        },
      })
      return forgeWithSameID(message).replace(
        '<saml:Assertion ',
        `<saml:Assertion xmlns:a="${uri}" `,
      )
    },
    code: 'xml_namespace',
  })

attack('c14n-relative-namespace, on the Response only', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Response ', '<samlp:Response xmlns="relative" '),
  code: 'xml_namespace',
})
