// A signed Response around an Assertion whose own Signature is not good: every Signature of a
// message must hold.
import { signText } from '../support/sign-text.ts'
import { attack } from './harness.ts'

attack('sig-inner, by another key', {
  genuine: { sign: ['Response', 'Assertion'] },
  message: async ({ idp }) => signText(idp.wrap(await signText(idp.assert(), { key: 'attacker' }))),
  code: 'signature_invalid',
})

attack('sig-inner, over other content', {
  genuine: { sign: ['Response', 'Assertion'] },
  message: async ({ idp }) =>
    signText(idp.wrap((await signText(idp.assert())).replace('>Alice<', '>Bob<'))),
  code: 'signature_digest',
})
