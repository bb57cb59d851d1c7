// Encrypted assertions, as each IdP makes them.
import assert from 'node:assert/strict'
import { BOTH, type Case, type Stage } from '../harness/runner.ts'
import type { Visit } from '../harness/visit.ts'
import { alice, expectRefused, expectSignedIn, logIn } from './steps.ts'

export const encryption: Case[] = [
  {
    name: 'an encrypted assertion signs in',
    idps: BOTH,
    idp: (kind) =>
      kind === 'demo' ? { encrypt: 'aes256-gcm' } : { encrypt: 'aes128-cbc', sign: 'response' },
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await logIn(page, alice)
      await expectSignedIn(stage, page, alice)
      expectEncrypted(stage, visit, stage.idp.kind === 'demo' ? 'aes256-gcm' : 'aes128-cbc')
    },
  },
  {
    name: 'AES-CBC without a signature around it is refused',
    idps: ['simplesamlphp'],
    idp: { encrypt: 'aes128-cbc', sign: 'assertion' },
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await logIn(page, alice)
      await expectRefused(stage, visit, page, { code: 'encryption_cbc' })
      expectEncrypted(stage, visit, 'aes128-cbc')
    },
  },
]

/** What the browser carried was really encrypted, and so. */
function expectEncrypted({ origin, connectionSid }: Stage, visit: Visit, algorithm: string): void {
  const [post] = visit.requestsTo(`${origin}/saml/${connectionSid}/acs`)
  const field = new URLSearchParams(post?.postData() ?? '').get('SAMLResponse') ?? ''
  const message = Buffer.from(field, 'base64').toString()
  assert.match(message, /EncryptedAssertion/)
  assert(message.includes(`#${algorithm}"`), `no ${algorithm} in the response`)
  assert(!message.includes(alice.mail), 'the e-mail can be read in the response')
}
