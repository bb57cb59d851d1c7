// A Reference that computes what it covers.
import { attack } from './harness.ts'

const URIS = ['#xpointer(/)', "#xpointer(id('_genuine'))", '#xpointer(//*)', '#element(/1)']

for (const uri of URIS)
  attack(`ref-xpointer ${uri}`, {
    genuine: { sign: ['Response'] },
    message: ({ respond }) =>
      respond({
        sign: ['Response'],
        responseID: '_genuine',
        signature: { editSignedInfo: (text) => text.replace('"#_genuine"', () => `"${uri}"`) },
      }),
    code: 'signature_reference',
  })
