// XSW 2: the genuine Response, its Signature taken off, beside that Signature in a forged Response.
import { before } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

attack('xsw-2, another ID', {
  genuine: { sign: ['Response'] },
  message: ({ genuine }) => before(forge(genuine), 'ds:Signature', unsigned(genuine)),
  code: 'response_structure',
})

attack('xsw-2, the same ID', {
  genuine: { sign: ['Response'] },
  message: ({ genuine }) => before(forgeWithSameID(genuine), 'ds:Signature', unsigned(genuine)),
  code: 'xml_duplicate_id',
})
