// A comment in the NameID of somebody whose name begins like Alice's: canonicalization drops it, a
// reader of the first text node stops at it (CVE-2017-11427 and kin).
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const LONGER = 'alice@tenant.example.attacker.example'

attack('xml-comment-name-id', {
  message: async ({ respond }) =>
    replaceOnce(
      await respond({ nameID: LONGER }),
      LONGER,
      'alice@tenant.example<!---->.attacker.example',
    ),
  code: 'xml_comment',
})

attack('xml-comment-name-id, outside the signed element', {
  message: ({ genuine }) => `${genuine}<!-- -->`,
  code: 'xml_comment',
})
