// A Reference to something outside the message: nothing is ever fetched.
import { attack } from './harness.ts'

const URIS = [
  'https://attacker.example/assertion',
  'file:///etc/passwd',
  'cid:assertion',
  '//attacker.example/#_genuine',
  'https://idp.tenant.example/#_genuine',
]

for (const uri of URIS)
  attack(`ref-external ${uri}`, {
    genuine: { sign: ['Response'] },
    message: ({ respond }) =>
      respond({
        sign: ['Response'],
        responseID: '_genuine',
        signature: { editSignedInfo: (text) => text.replace('"#_genuine"', () => `"${uri}"`) },
      }),
    code: 'signature_reference',
  })
