// A Reference whose URI becomes the ID only after decoding or folding (CVE-2026-33487).
import { attack } from './harness.ts'

const URIS = [
  '#%5Fgenuine',
  '#_GENUINE',
  '# _genuine',
  '#_genuine ',
  '##_genuine',
  '_genuine',
  '#',
  '#_genuine#',
  '?#_genuine',
]

for (const uri of URIS)
  attack(`ref-encoded ${uri}`, {
    genuine: { sign: ['Response'] },
    message: ({ respond }) =>
      respond({
        sign: ['Response'],
        responseID: '_genuine',
        signature: { editSignedInfo: (text) => text.replace('"#_genuine"', () => `"${uri}"`) },
      }),
    code: 'signature_reference',
  })
