// CDATA sections: text in another spelling, so that what was signed is read whole or not at all.
import { replaceOnce } from '../support/xml-text.ts'
import { attack, harmless } from './harness.ts'

const nameID = (text: string) => `>${text}</saml:NameID>`

harmless('xml-cdata, around the NameID', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      nameID('alice@tenant.example'),
      nameID('<![CDATA[alice@tenant.example]]>'),
    ),
})

harmless('xml-cdata, around a part of it', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      nameID('alice@tenant.example'),
      nameID('alice<![CDATA[@tenant]]>.example'),
    ),
})

harmless('xml-cdata, empty', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      nameID('alice@tenant.example'),
      nameID('alice<![CDATA[]]>@tenant.example'),
    ),
})

attack('xml-cdata, a longer name', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      nameID('alice@tenant.example'),
      nameID('alice@tenant.example<![CDATA[.attacker.example]]>'),
    ),
  code: 'signature_digest',
})

attack('xml-cdata, markup in it is text', {
  message: async ({ respond }) =>
    respond({
      attributes: { email: '<b>alice@tenant.example</b>', firstName: 'A', lastName: 'B' },
    }),
  code: 'email',
})

attack('xml-cdata, outside the root', {
  message: ({ genuine }) => `${genuine}<![CDATA[]]>`,
  code: 'xml_malformed',
})

attack('xml-cdata, not closed', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<samlp:Status><![CDATA['),
  code: 'xml_malformed',
})
