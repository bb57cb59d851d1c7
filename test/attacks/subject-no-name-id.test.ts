// A Subject without a name, with two, or with one that is hidden.
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('subject-no-name-id', {
  message: ({ respond }) => respond({ nameID: null }),
  code: 'name_id',
})

for (const nameID of ['', ' \n\t', 'x'.repeat(1025)])
  attack(`subject-no-name-id, ${nameID.length} characters`, {
    message: ({ respond }) => respond({ nameID }),
    code: 'name_id',
  })

attack('subject-no-name-id, two', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => {
        const nameID = element(text, 'saml:NameID')
        return replaceOnce(text, nameID, nameID + nameID.replace('alice', 'bob'))
      },
    }),
  code: 'name_id',
})

attack('subject-no-name-id, BaseID', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) =>
        replaceOnce(text, element(text, 'saml:NameID'), '<saml:BaseID></saml:BaseID>'),
    }),
  code: 'name_id',
})

attack('subject-no-name-id, EncryptedID', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) =>
        replaceOnce(text, element(text, 'saml:NameID'), '<saml:EncryptedID></saml:EncryptedID>'),
    }),
  code: 'name_id',
})
