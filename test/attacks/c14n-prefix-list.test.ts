// An InclusiveNamespaces that is oversized, doubled or carries something else.
import { EXCLUSIVE } from '../support/sign-text.ts'
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const namespaces = (attributes: string, content = '') =>
  `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" ${attributes}>${content}</ec:InclusiveNamespaces>`

const CONTENTS: Record<string, string> = {
  twice: namespaces('PrefixList="a"') + namespaces('PrefixList="b"'),
  'without PrefixList': namespaces('a="b"'),
  'with a child': namespaces('PrefixList="a"', '<ec:x></ec:x>'),
  'of 600 characters': namespaces(`PrefixList="${'a '.repeat(300)}"`),
  'in another namespace': '<x xmlns="urn:a" PrefixList="a"></x>',
}

for (const [name, content] of Object.entries(CONTENTS))
  attack(`c14n-prefix-list, ${name}`, {
    message: ({ respond }) =>
      respond({
        signature: {
          editSignedInfo: (text) =>
            replaceOnce(
              text,
              `<ds:Transform Algorithm="${EXCLUSIVE}">`,
              `<ds:Transform Algorithm="${EXCLUSIVE}">${content}`,
            ),
        },
      }),
    code: 'signature_transform',
  })
