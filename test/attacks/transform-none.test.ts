// Transforms that are missing or in another order: what is digested would be left to defaults.
import { ENVELOPED, EXCLUSIVE } from '../support/sign-text.ts'
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const enveloped = `<ds:Transform Algorithm="${ENVELOPED}"></ds:Transform>`
const exclusive = `<ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform>`
const transforms = (content: string) => `<ds:Transforms>${content}</ds:Transforms>`

attack('transform-none, no Transforms', {
  message: ({ respond }) =>
    respond({
      signature: {
        editSignedInfo: (text) => replaceOnce(text, element(text, 'ds:Transforms'), ''),
      },
    }),
  code: 'signature_structure',
})

const LISTS: Record<string, string> = {
  'an empty list': '',
  'canonicalization alone': exclusive,
  'the wrong order': exclusive + enveloped,
  'canonicalization twice': exclusive + exclusive,
  'enveloped-signature twice': enveloped + enveloped,
}

for (const [name, list] of Object.entries(LISTS))
  attack(`transform-none, ${name}`, {
    message: ({ respond }) =>
      respond({
        signature: {
          editSignedInfo: (text) =>
            replaceOnce(text, element(text, 'ds:Transforms'), transforms(list)),
        },
      }),
    code: 'signature_transform',
  })
