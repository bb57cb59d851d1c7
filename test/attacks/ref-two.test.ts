// Two References under one good signature.
import { after, before, element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const other = (signedInfo: string) =>
  element(signedInfo, 'ds:Reference').replace(/URI="[^"]*"/, 'URI="#_other"')

attack('ref-two, the other one after', {
  message: ({ respond }) =>
    respond({ signature: { editSignedInfo: (text) => after(text, 'ds:Reference', other(text)) } }),
  code: 'signature_reference',
})

attack('ref-two, the other one before', {
  message: ({ respond }) =>
    respond({ signature: { editSignedInfo: (text) => before(text, 'ds:Reference', other(text)) } }),
  code: 'signature_reference',
})

attack('ref-two, a Manifest', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) => {
          const reference = element(text, 'ds:Reference')
          return replaceOnce(text, reference, `<ds:Manifest>${reference}</ds:Manifest>`)
        },
      },
    }),
  code: 'signature_structure',
})
