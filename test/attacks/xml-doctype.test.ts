// A DOCTYPE, wherever it stands and whatever it holds: refused before anything is parsed
// (CVE-2025-23369 and kin).
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const DOCTYPES = [
  '<!DOCTYPE Response>',
  '<!doctype x>',
  '<!DOCTYPE x SYSTEM "https://attacker.example/x.dtd">',
  '<!DOCTYPE x [<!ATTLIST saml:Assertion ID ID #IMPLIED>]>',
  '<!ENTITY a "b">',
]

for (const doctype of DOCTYPES)
  attack(`xml-doctype ${doctype}`, {
    message: ({ genuine }) => doctype + genuine,
    code: 'xml_doctype',
  })

attack('xml-doctype, after an XML declaration', {
  message: ({ genuine }) => `<?xml version="1.0"?>\n<!DOCTYPE x>${genuine}`,
  code: 'xml_doctype',
})

attack('xml-doctype, inside the root', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<!DOCTYPE x><samlp:Status>'),
  code: 'xml_doctype',
})

attack('xml-doctype, after the root', {
  message: ({ genuine }) => `${genuine}<!DOCTYPE x>`,
  code: 'xml_doctype',
})
