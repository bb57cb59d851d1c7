// A message of a megabyte: refused by its length alone.
import { toField } from '../support/fake-idp.ts'
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const padded = (genuine: string, length: number) =>
  replaceOnce(
    genuine,
    '<samlp:Status>',
    `<samlp:Extensions>${' '.repeat(length)}</samlp:Extensions><samlp:Status>`,
  )

attack('xml-large-message, 1 MB', {
  message: ({ genuine }) => padded(genuine, 1_000_000),
  code: 'body_too_large',
})

attack('xml-large-message, just over the limit', {
  message: ({ genuine }) => padded(genuine, 256 * 1024),
  code: 'response_too_large',
})

attack('xml-large-message, 1 MB of white space in the base64', {
  message: ({ genuine }) => ({ field: toField(genuine) + '\n'.repeat(1_000_000) }),
  code: 'body_too_large',
})
