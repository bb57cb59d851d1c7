// A NUL, at which some readers end.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const nameID = (text: string) => `>${text}</saml:NameID>`

for (const nul of ['\0', '&#0;', '&#x0000;'])
  attack(`xml-nul ${JSON.stringify(nul)}`, {
    message: ({ genuine }) =>
      replaceOnce(
        genuine,
        nameID('alice@tenant.example'),
        nameID(`alice@tenant.example${nul}.attacker.example`),
      ),
    code: 'xml_character',
  })
