// A ciphertext that is somewhere else: nothing is fetched, nothing is looked up.
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const uri of ['https://attacker.example/cipher', '#_key', '', 'file:///etc/passwd']) {
  const reference = `<xenc:CipherReference URI="${uri}"></xenc:CipherReference>`

  attack(`encryption-cipher-reference ${uri}, of the key`, {
    genuine: { encrypt: true },
    message: ({ genuine }) => replaceOnce(genuine, element(genuine, 'xenc:CipherValue'), reference),
    code: 'encryption_structure',
  })

  attack(`encryption-cipher-reference ${uri}, of the content`, {
    genuine: { encrypt: true },
    message: ({ genuine }) => {
      const at = genuine.lastIndexOf('<xenc:CipherValue>')
      return (
        genuine.slice(0, at) +
        genuine.slice(at).replace(/<xenc:CipherValue>[^<]*<\/xenc:CipherValue>/, reference)
      )
    },
    code: 'encryption_structure',
  })

  attack(`encryption-cipher-reference ${uri}, beside the value`, {
    genuine: { encrypt: true },
    message: ({ genuine }) =>
      replaceOnce(
        genuine,
        element(genuine, 'xenc:CipherValue'),
        element(genuine, 'xenc:CipherValue') + reference,
      ),
    code: 'encryption_structure',
  })
}
