// XSW 1: the genuine Response, its Signature taken off, inside the Signature of a forged Response.
import { append } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, unsigned } from './harness.ts'

attack('xsw-1, another ID', {
  genuine: { sign: ['Response'] },
  message: ({ genuine }) => append(forge(genuine), 'ds:Signature', unsigned(genuine)),
  code: 'assertion_misplaced',
})

attack('xsw-1, the same ID', {
  genuine: { sign: ['Response'] },
  message: ({ genuine }) => append(forgeWithSameID(genuine), 'ds:Signature', unsigned(genuine)),
  code: 'xml_duplicate_id',
})
