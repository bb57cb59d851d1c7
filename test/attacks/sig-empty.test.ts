// A Signature with nothing in it, or with empty values.
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack, forgeWithSameID } from './harness.ts'

/** The forged message, `name` in it replaced. */
const emptied = (genuine: string, name: string, replacement: string) =>
  replaceOnce(forgeWithSameID(genuine), element(genuine, name), replacement)

attack('sig-empty, no child', {
  message: ({ genuine }) =>
    emptied(
      genuine,
      'ds:Signature',
      '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>',
    ),
  code: 'signature_structure',
})

attack('sig-empty, an empty SignedInfo', {
  message: ({ genuine }) => emptied(genuine, 'ds:SignedInfo', '<ds:SignedInfo></ds:SignedInfo>'),
  code: 'signature_reference',
})

attack('sig-empty, no Reference', {
  message: ({ genuine }) => emptied(genuine, 'ds:Reference', ''),
  code: 'signature_reference',
})

attack('sig-empty, no Reference, and signed so', {
  message: ({ respond }) =>
    respond({
      signature: { editSignedInfo: (text) => replaceOnce(text, element(text, 'ds:Reference'), '') },
    }),
  code: 'signature_reference',
})

attack('sig-empty, an empty SignatureValue', {
  message: ({ genuine }) =>
    emptied(genuine, 'ds:SignatureValue', '<ds:SignatureValue></ds:SignatureValue>'),
  code: 'signature_structure',
})

attack('sig-empty, an empty DigestValue', {
  message: ({ genuine }) => emptied(genuine, 'ds:DigestValue', '<ds:DigestValue></ds:DigestValue>'),
  code: 'signature_structure',
})

attack('sig-empty, an empty DigestValue, and signed so', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) =>
          replaceOnce(text, element(text, 'ds:DigestValue'), '<ds:DigestValue></ds:DigestValue>'),
      },
    }),
  code: 'signature_structure',
})

attack('sig-empty, zeros', {
  message: ({ genuine }) =>
    emptied(
      genuine,
      'ds:SignatureValue',
      `<ds:SignatureValue>${'A'.repeat(344)}</ds:SignatureValue>`,
    ),
  code: 'signature_invalid',
})
