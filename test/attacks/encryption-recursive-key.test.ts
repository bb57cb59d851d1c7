// An EncryptedKey inside an EncryptedKey, one that names itself, or very many.
import { append, element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('encryption-recursive-key', {
  genuine: { encrypt: true },
  message: ({ genuine }) => {
    const key = element(genuine, 'xenc:EncryptedKey')
    return append(genuine, 'xenc:EncryptedKey', `<ds:KeyInfo>${key}</ds:KeyInfo>`)
  },
  code: 'encryption_structure',
})

attack('encryption-recursive-key, 100 levels', {
  genuine: { encrypt: true },
  message: ({ genuine }) => {
    const key = element(genuine, 'xenc:EncryptedKey')
    const [start, end] = key.split('</xenc:EncryptedKey>') as [string, string]
    const nested =
      `${start}<ds:KeyInfo>`.repeat(100) + `</ds:KeyInfo></xenc:EncryptedKey>${end}`.repeat(100)
    return replaceOnce(genuine, key, nested)
  },
  code: 'xml_too_deep',
})

attack('encryption-recursive-key, 5 side by side', {
  genuine: { encrypt: true },
  message: ({ genuine }) => {
    const key = element(genuine, 'xenc:EncryptedKey')
    return replaceOnce(genuine, key, key.repeat(5))
  },
  code: 'encryption_structure',
})

attack('encryption-recursive-key, none', {
  genuine: { encrypt: true },
  message: ({ genuine }) => replaceOnce(genuine, element(genuine, 'xenc:EncryptedKey'), ''),
  code: 'encryption_structure',
})

attack('encryption-recursive-key, two EncryptedData', {
  genuine: { encrypt: true },
  message: ({ genuine }) => {
    const data = element(genuine, 'xenc:EncryptedData')
    return replaceOnce(genuine, data, data + data)
  },
  code: 'encryption_structure',
})
