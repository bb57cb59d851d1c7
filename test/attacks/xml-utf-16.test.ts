// UTF-16, with and without a byte order mark, or declared over bytes that are UTF-8.
import { attack } from './harness.ts'

function utf16(text: string, order: 'little' | 'big'): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(text.length * 2))
  for (let index = 0; index < text.length; index++)
    bytes.setUint16(index * 2, text.charCodeAt(index), order === 'little')
  return new Uint8Array(bytes.buffer)
}

for (const order of ['little', 'big'] as const) {
  attack(`xml-utf-16, ${order} endian with a byte order mark`, {
    message: ({ genuine }) => utf16(`\ufeff${genuine}`, order),
    code: 'response_not_utf8',
  })

  attack(`xml-utf-16, ${order} endian without`, {
    // Only letters of ASCII: as UTF-8 it is text with NULs in it.
    message: ({ genuine }) => utf16(genuine.replace(/[^ -~]/g, '?'), order),
    code: 'xml_character',
  })
}

for (const encoding of ['UTF-16', 'utf-16le', 'ISO-8859-1', 'US-ASCII', 'UTF-8-SIG', ''])
  attack(`xml-utf-16, declared as "${encoding}"`, {
    message: ({ genuine }) => `<?xml version="1.0" encoding="${encoding}"?>${genuine}`,
    code: 'xml_encoding',
  })

attack('xml-utf-16, XML 1.1', {
  message: ({ genuine }) => `<?xml version="1.1" encoding="UTF-8"?>${genuine}`,
  code: 'xml_encoding',
})
