// Frames, caches, other origins' scripts and referrers: no answer of a login to an app lends itself
// to them.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { askIn, openApp, signInWith, type App } from '../oidc/relying-party.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'
import { askApp } from '../support/ask-app.ts'

describe('app-login-headers', () => {
  let app: App
  let browser: Browser
  let idToken: string
  beforeAll(async () => {
    app = await openApp({ passwordLoginURL: 'https://app.vendor.example/password' })
    const signedIn = await signInWith(app, await createWorld())
    browser = signedIn.browser
    idToken = signedIn.tokens.id_token!
  })

  it.each([
    ['a code', () => askIn(browser, app)],
    ['a code by a form', () => askIn(browser, app, { response_mode: 'form_post' })],
    ['an error', () => askIn(browser, app, { scope: 'none' })],
    ['a login', () => askIn(openBrowser(), app)],
    ['our own page', () => askIn(browser, app, { redirect_uri: 'https://attacker.example/' })],
    [
      'the question before a logout',
      async () => ({ response: await browser.get('/oauth2/logout') }),
    ],
    [
      'a refused logout',
      async () => ({ response: await browser.get('/oauth2/logout?id_token_hint=x') }),
    ],
  ])('%s is in no frame, no cache and no referrer', async (_, answer) => {
    const { headers } = (await answer()).response
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('referrer-policy')).toBe('strict-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('access-control-allow-origin')).toBe(null)
  })

  it('a form with a code goes to the app, and no script of its page is another’s', async () => {
    const { response } = await askIn(browser, app, { response_mode: 'form_post' })
    const policy = response.headers.get('content-security-policy')!
    expect(policy).toContain('form-action https://app.vendor.example https:')
    expect(policy).toMatch(/script-src 'nonce-[^']+'/)
    expect(policy).not.toContain('unsafe')
  })

  it.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH'])('%s asks for nothing', async (method) => {
    for (const path of ['/oauth2/authorize', '/oauth2/logout', '/oauth2/logout/confirmed']) {
      const { url } = await app.ask()
      const query = path.endsWith('authorize') ? url.search : `?id_token_hint=${idToken}`
      const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' }
      const response = await browser.sendAs(`${path}${query}`, { method, headers })
      expect(response.status).toBe(404)
      expect(response.headers.get('location')).toBe(null)
      expect(response.headers.get('access-control-allow-origin')).toBe(null)
    }
    expect((await askIn(browser, app, { prompt: 'none' })).code).toMatch(/./)
  })

  it.each(['x-http-method-override', 'x-method-override', 'x-http-method'])(
    '%s makes no POST of a GET',
    async (name) => {
      const url = `${ORIGIN}/oauth2/logout/confirmed?_method=POST`
      const headers = { [name]: 'POST', origin: ORIGIN }
      expect((await askApp(createApp(), url, { headers }, env)).status).toBe(404)
    },
  )

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', ''])(
    'a body of type %j is no form, at any endpoint',
    async (type) => {
      const { client, secret } = app
      const body = new URLSearchParams({
        client_id: client.sid,
        client_secret: secret!,
        token: 'x',
      })
      for (const path of ['/oauth2/token', '/oauth2/revoke']) {
        const init = { method: 'POST', headers: { 'content-type': type }, body: String(body) }
        const response = await askApp(createApp(), `${ORIGIN}${path}`, init, env)
        expect(response.status).toBe(401)
      }
    },
  )

  it.each(['host', 'x-forwarded-host', 'x-original-url', 'forwarded'])(
    'the header %s does not change who we are',
    async (name) => {
      const headers = { [name]: 'attacker.example' }
      for (const path of ['/.well-known/openid-configuration', (await app.ask()).path]) {
        const response = await askApp(createApp(), `${ORIGIN}${path}`, { headers }, env)
        const said = `${response.headers.get('location')}${await response.text()}`
        expect(said).not.toContain('attacker.example')
      }
    },
  )
})
