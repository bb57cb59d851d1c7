// "Parameters sent without a value MUST be treated as if they were omitted" (RFC 6749 §3.2):
// libraries send what they have not.
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { openHandle } from '../../src/login/handle.ts'
import { openBrowser, type Browser } from '../support/browser.ts'
import { keyRing, relayStateOf } from '../support/pending-logins.ts'
import { createWorld, type World } from '../support/world.ts'
import { askIn, basic, codeFields, openApp, openSession, post, type App } from './relying-party.ts'

let world: World
let app: App
let publicApp: App
let browser: Browser
let email: string
beforeAll(async () => {
  app = await openApp()
  publicApp = await openApp({ name: 'Single page', clientType: 'public' })
})
beforeEach(async () => {
  world = await createWorld()
  email = `empty-${crypto.randomUUID()}@tenant.example`
  await world.addUser(email, { signInMethod: 'sso_enforced' })
  browser = await openSession(world, email)
})

it('an empty client_secret is none', async () => {
  const { code, checks } = await askIn(browser, publicApp)
  const fields = { ...codeFields(code, checks), client_id: publicApp.client.sid, client_secret: '' }
  expect((await post('/oauth2/token', fields)).status).toBe(200)
})

it('and opens no app that has one', async () => {
  const { code, checks } = await askIn(browser, app)
  const fields = { ...codeFields(code, checks), client_id: app.client.sid, client_secret: '' }
  expect((await post('/oauth2/token', fields)).body.error).toBe('invalid_client')
})

it('an empty client_id or client_secret beside the header is ignored', async () => {
  const { code, checks } = await askIn(browser, app)
  const fields = { ...codeFields(code, checks), client_id: '', client_secret: '' }
  expect((await post('/oauth2/token', fields, basic(app))).status).toBe(200)
})

it('an empty prompt, max_age or login_hint asks for nothing', async () => {
  const { code } = await askIn(browser, app, { prompt: '', max_age: '', login_hint: '' })
  expect(code).toMatch(/./)
})

it('an empty max_age does not have the IdP ask again either', async () => {
  const { path } = await app.ask({ max_age: '', login_hint: email })
  const location = (await openBrowser().get(path)).headers.get('location')!
  expect(location).toMatch(/^https:\/\/idp\.tenant\.example\/sso\?/)
  const handle = relayStateOf(location)
  const asked = await openHandle(await keyRing(), world.connectionSid, handle, Date.now())
  expect(asked?.forceAuthn).toBe(false)
})
