// Half a character: as bytes that are no UTF-8, or by reference.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const reference of ['&#xD800;', '&#xDFFF;', '&#55357;', '&#xD83D;&#xDE00;'])
  attack(`xml-lone-surrogates ${reference}`, {
    message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', `<samlp:Status>${reference}`),
    code: 'xml_character',
  })

const BYTES: Record<string, number[]> = {
  'a surrogate as three bytes': [0xed, 0xa0, 0x80],
  'an overlong solidus': [0xc0, 0xaf],
  'a byte alone': [0x80],
  'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  'beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
}

for (const [name, bytes] of Object.entries(BYTES))
  attack(`xml-lone-surrogates, ${name}`, {
    message: ({ genuine }) => {
      const [start, end] = genuine.split('<samlp:Status>') as [string, string]
      const text = new TextEncoder()
      return new Uint8Array([
        ...text.encode(`${start}<samlp:Status>`),
        ...bytes,
        ...text.encode(end),
      ])
    },
    code: 'response_not_utf8',
  })
