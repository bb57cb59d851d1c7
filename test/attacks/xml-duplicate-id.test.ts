// One ID on two elements, in any spelling of the attribute's name.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const name of ['ID', 'Id', 'id', 'iD'])
  attack(`xml-duplicate-id, ${name}`, {
    genuine: { assertionID: '_assertion' },
    message: ({ genuine }) =>
      replaceOnce(genuine, '<samlp:Status>', `<samlp:Status ${name}="_assertion">`),
    code: 'xml_duplicate_id',
  })

attack('xml-duplicate-id, in what is not signed', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Status>', '<samlp:Status ID="_a">').replace(
      '<samlp:StatusCode ',
      '<samlp:StatusCode Id="_a" ',
    ),
  code: 'xml_duplicate_id',
})
