// A Reference to the whole document, by an empty URI or none: whatever is put into the document it
// would follow.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const edit = (to: string) => ({
  sign: ['Response' as const],
  responseID: '_genuine',
  signature: { editSignedInfo: (text: string) => replaceOnce(text, ' URI="#_genuine"', to) },
})

attack('ref-uri-empty', {
  genuine: { sign: ['Response'] },
  message: ({ respond }) => respond(edit(' URI=""')),
  code: 'signature_reference',
})

attack('ref-uri-empty, no URI', {
  genuine: { sign: ['Response'] },
  message: ({ respond }) => respond(edit('')),
  code: 'signature_reference',
})
