// Hundreds of References under one Signature: they are counted, not resolved.
import { append, element } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('xml-many-references, 500', {
  message: ({ genuine }) =>
    append(genuine, 'ds:SignedInfo', element(genuine, 'ds:Reference').repeat(500)),
  code: 'signature_reference',
})

attack('xml-many-references, 150 Signatures', {
  genuine: { signature: { keyInfo: '' } },
  message: ({ genuine }) =>
    append(genuine, 'samlp:Status', element(genuine, 'ds:Signature').repeat(150)),
  code: 'signature_reference',
})
