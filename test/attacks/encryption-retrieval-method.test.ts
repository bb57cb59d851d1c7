// A RetrievalMethod that names no EncryptedKey beside the EncryptedData.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const genuine = { encrypt: { place: 'beside' as const } }

for (const uri of ['https://attacker.example/key', '#_other', '', '#'])
  attack(`encryption-retrieval-method ${uri}`, {
    genuine,
    message: (scene) => replaceOnce(scene.genuine, 'URI="#_encrypted-key-0"', `URI="${uri}"`),
    code: 'encryption_structure',
  })

attack('encryption-retrieval-method, another type', {
  genuine,
  message: (scene) => replaceOnce(scene.genuine, 'xmlenc#EncryptedKey"', 'xmlenc#EncryptedData"'),
  code: 'encryption_structure',
})

attack('encryption-retrieval-method, with a transform', {
  genuine,
  message: (scene) =>
    replaceOnce(
      scene.genuine,
      '</ds:RetrievalMethod>',
      '<ds:Transforms></ds:Transforms></ds:RetrievalMethod>',
    ),
  code: 'encryption_structure',
})
