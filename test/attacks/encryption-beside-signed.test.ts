// A forged EncryptedAssertion beside a genuine Assertion, or inside it.
import { encryptText } from '../support/encrypt-text.ts'
import { after, before, element, replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const forged = (idp: { assert: (answer: { nameID: string }) => string }) =>
  encryptText(idp.assert({ nameID: 'bob@tenant.example' }))

attack('encryption-beside-signed, before it', {
  message: async ({ genuine, idp }) => before(genuine, 'saml:Assertion', await forged(idp)),
  code: 'assertion_not_single',
})

attack('encryption-beside-signed, after it', {
  message: async ({ genuine, idp }) => after(genuine, 'saml:Assertion', await forged(idp)),
  code: 'assertion_not_single',
})

attack('encryption-beside-signed, in Advice', {
  message: async ({ respond, idp }) => {
    const advice = `<saml:Advice>${await forged(idp)}</saml:Advice>`
    return respond({ editAssertion: (text) => after(text, 'saml:Conditions', advice) })
  },
  code: 'assertion_misplaced',
})

attack('encryption-beside-signed, the genuine one around it', {
  message: async ({ genuine, idp }) => {
    const assertion = element(genuine, 'saml:Assertion')
    const encrypted = (await forged(idp)).replace('</saml:EncryptedAssertion>', '')
    return replaceOnce(genuine, assertion, `${encrypted}${assertion}</saml:EncryptedAssertion>`)
  },
  code: 'assertion_misplaced',
})
