// An assertion of the attacker's, encrypted to our public certificate: encryption proves nothing
// (CVE-2024-4985).
import { encryptText } from '../support/encrypt-text.ts'
import { attack } from './harness.ts'

attack('encryption-forged-unsigned', {
  genuine: { encrypt: true },
  message: ({ respond }) => respond({ nameID: 'bob@tenant.example', sign: [], encrypt: true }),
  code: 'encryption_failed',
})

attack('encryption-forged-unsigned, signed with a key of its own', {
  genuine: { encrypt: true },
  message: ({ forger }) => forger.respond({ encrypt: true }),
  code: 'encryption_failed',
})

attack('encryption-forged-unsigned, under a Response signed with a key of its own', {
  genuine: { encrypt: true },
  message: ({ forger }) => forger.respond({ encrypt: true, sign: ['Response'] }),
  code: 'signature_invalid',
})

attack('encryption-forged-unsigned, in place of the genuine one under a signed Response', {
  genuine: { encrypt: true, sign: ['Response'] },
  message: async ({ genuine, idp }) => {
    const forged = await encryptText(idp.assert({ nameID: 'bob@tenant.example' }))
    return genuine.replace(/<saml:EncryptedAssertion.*<\/saml:EncryptedAssertion>/, () => forged)
  },
  code: 'signature_digest',
})

attack('encryption-forged-unsigned, AES-CBC is not even tried', {
  genuine: { encrypt: true },
  message: ({ respond }) => respond({ encrypt: { cipher: 'aes256-cbc' } }),
  code: 'encryption_cbc',
})
