// What an app's login leaves in the log, also where things go wrong: codes of errors and SIDs, and
// nothing that opens or tells.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askIn, basic, codeFields, openApp, openSession, post } from '../oidc/relying-party.ts'
import { createWorld } from '../support/world.ts'

describe('app-login-log', () => {
  const logged: string[] = []
  beforeEach(() => {
    for (const method of ['log', 'info', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((...line) => void logged.push(line.join(' ')))
  })
  afterEach(() => vi.restoreAllMocks())

  it('has no code, token, secret, state, nonce, verifier, cookie or e-mail', async () => {
    const world = await createWorld()
    const email = `log-${crypto.randomUUID()}@tenant.example`
    await world.addUser(email)
    const app = await openApp()
    const browser = await openSession(world, email)
    const cookies = [...browser.cookies.values()]
    const asked = await askIn(browser, app, { login_hint: email })
    const { body } = await post('/oauth2/token', codeFields(asked.code, asked.checks), basic(app))
    const wrong = { authorization: `Basic ${btoa(`${app.client.sid}:${app.secret}x`)}` }
    await post('/oauth2/token', codeFields(asked.code, asked.checks), wrong)
    await post('/oauth2/token', codeFields(asked.code, asked.checks), basic(app))
    await post('/oauth2/token', { client_id: `${email}\n`, client_secret: app.secret! })
    await post('/oauth2/revoke', { token: body.refresh_token! }, wrong)
    await post('/oauth2/userinfo', {}, { authorization: `Bearer ${body.access_token}x` })
    await askIn(browser, app, { prompt: 'none', login_hint: 'nobody@tenant.example' })
    await askIn(browser, app, { id_token_hint: `${body.id_token}x` })
    await browser.get(`/oauth2/logout?id_token_hint=${body.id_token}x`)
    await browser.get(`/oauth2/logout?id_token_hint=${body.id_token}&state=${asked.checks.state}`)

    const log = logged.join('\n')
    expect(log).toContain('"area":"oidc"')
    const secrets = [
      asked.code,
      ...Object.values(asked.checks),
      body.access_token!,
      body.refresh_token!,
      body.id_token!,
      app.secret!,
      email,
      btoa(`${app.client.sid}:${app.secret}`),
      ...cookies,
    ]
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      expect(log).not.toContain(secret.slice(0, 20))
    }
  })
})
