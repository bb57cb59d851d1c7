// A comment in an AttributeValue (CVE-2017-11427 and kin).
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const LONGER = 'alice@tenant.example.attacker.example'

attack('xml-comment-attribute-value', {
  message: async ({ respond }) =>
    replaceOnce(
      await respond({ attributes: { email: LONGER, firstName: 'A', lastName: 'B' } }),
      LONGER,
      'alice@tenant.example<!---->.attacker.example',
    ),
  code: 'xml_comment',
})
