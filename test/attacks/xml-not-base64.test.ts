// A field that is not base64 as an encoder writes it, or nothing at all.
import { toField } from '../support/fake-idp.ts'
import { attack, harmless } from './harness.ts'

const FIELDS: Record<string, (field: string) => string> = {
  'white space': () => ' \r\n',
  base64url: (field) => field.replaceAll('+', '-').replaceAll('/', '_').replace(/^./, '_'),
  'a character that is none': (field) => `*${field.slice(1)}`,
  'cut off': (field) =>
    field
      .replace(/=*$/, '')
      .slice(0, -1)
      .replace(/^(.{4})*?$/, (all) => all.slice(1)),
  'padding in the middle': (field) => `PA==${field}`,
  'percent-encoded': (field) => `%3D${field.slice(0, -3)}`,
  'a no-break space': (field) => `\u00a0${field}`,
}

for (const [name, spell] of Object.entries(FIELDS))
  attack(`xml-not-base64, ${name}`, {
    message: ({ genuine }) => ({ field: spell(toField(genuine)) }),
    code: 'response_not_base64',
  })

attack('xml-not-base64, empty', {
  message: () => ({ field: '' }),
  code: 'response_field',
})

harmless('xml-not-base64, broken into lines', {
  message: ({ genuine }) => ({ field: toField(genuine).replace(/.{76}/g, '$&\r\n') }),
})
