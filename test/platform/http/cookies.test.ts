// Names and flags of cookies follow from the setting ORIGIN, and from nothing that a request says.
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/env.ts'
import {
  cookieKind,
  deleteCookie,
  readCookie,
  readCookies,
  writeCookie,
} from '../../../src/platform/http/cookies.ts'
import type { App } from '../../../src/platform/http/http.ts'
import { createSignInLink } from '../../../src/access/operations.ts'
import { openBrowser } from '../../support/browser.ts'
import { good, request } from '../../support/request.ts'
import { createWorld } from '../../support/world.ts'

/** What a stranger may send to make a proxied request look local. */
const CLAIMS = {
  host: 'localhost:8787',
  origin: 'http://localhost:8787',
  forwarded: 'for=127.0.0.1;host=localhost:8787;proto=http',
  'x-forwarded-host': 'localhost:8787',
  'x-forwarded-proto': 'http',
  'x-forwarded-ssl': 'off',
  'x-original-url': 'http://localhost:8787/',
  'cf-visitor': '{"scheme":"http"}',
}

const LOOPBACK = ['http://localhost', 'http://localhost:8787', 'http://127.0.0.1:1', 'http://[::1]']
const SECURE = [
  'https://sso.vendor.example',
  'https://localhost',
  'https://localhost:8787',
  'https://127.0.0.1:8787',
  'https://[::1]:8787',
]
/** readConfig refuses them: should one come through nevertheless, it gets the strong names. */
const REFUSED = [
  'http://sso.vendor.example',
  'http://localhost.vendor.example',
  'http://127.0.0.1.vendor.example',
  'http://127.0.0.2',
  'http://vendor.example:80',
  'ftp://localhost',
]

describe('the kind of cookies', () => {
  it('is the plain one for http on this machine alone', () => {
    for (const origin of LOOPBACK)
      expect([origin, cookieKind(origin)]).toEqual([origin, { prefix: 'local-', secure: false }])
    for (const origin of [...SECURE, ...REFUSED])
      expect([origin, cookieKind(origin)]).toEqual([origin, { prefix: '__Host-', secure: true }])
    for (const origin of REFUSED) expect(() => readConfig({ ...env, ORIGIN: origin })).toThrow()
  })

  it.each([
    ['https://localhost:8787', '__Host-', ' Secure;'],
    ['https://sso.vendor.example', '__Host-', ' Secure;'],
    ['http://localhost:8787', 'local-', ''],
    ['http://[::1]:8787', 'local-', ''],
  ])('of %s is written, read and deleted', async (ORIGIN, prefix, secure) => {
    const other = prefix === 'local-' ? '__Host-' : 'local-'
    const app = new Hono<App>()
    app.all('*', (c) => {
      c.set('config', readConfig({ ...env, ORIGIN }))
      writeCookie(c, 'a', 'new', 60)
      deleteCookie(c, 'b')
      return c.json([readCookie(c, 'a') ?? null, readCookies(c, 'login-')])
    })
    const cookie = ['', `${prefix}`, other].map((one) => `${one}a=${one}1; ${one}login-x=${one}2`)
    for (const url of ['http://localhost:8787/', 'https://sso.vendor.example/']) {
      const headers = { ...CLAIMS, cookie: cookie.join('; ') }
      const response = await app.request(url, { headers })
      expect(response.headers.getSetCookie()).toEqual([
        `${prefix}a=new; Max-Age=60; Path=/; HttpOnly;${secure} SameSite=Lax`,
        `${prefix}b=; Max-Age=0; Path=/; HttpOnly;${secure} SameSite=Lax`,
      ])
      expect(await response.json()).toEqual([`${prefix}1`, [{ rest: 'x', value: `${prefix}2` }]])
    }
  })
})

describe('an https origin', () => {
  it('sets and reads none but __Host- cookies, whatever headers come', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const { browser } = await world.login('alice@tenant.example')
    const link = good(
      await createSignInLink(request(), { email: 'olga@vendor.example', name: 'olga' }),
    ).secret
    await browser.post('/console/sign-in', { link })
    const names = [...browser.cookies.keys()]
    expect(names.map((name) => name.replace(/^(__Host-login-).*/, '$1'))).toEqual(
      expect.arrayContaining(['__Host-login-', '__Host-session', '__Host-console']),
    )

    // The same requests as they would come to http://localhost.
    const begun = await browser.sendAs(`/sso/${world.connectionSid}`, { headers: CLAIMS })
    expect(begun.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-.*; Secure; /)])
    expect(await pageOf(browser, '/')).toContain('Alice')
    expect(await pageOf(browser, '/console/tenants')).toContain('olga')

    // The same values under the names of another origin open nothing.
    for (const prefix of ['local-', '']) {
      const weak = openBrowser()
      for (const [name, value] of browser.cookies)
        weak.cookies.set(name.replace('__Host-', prefix), value)
      expect(await pageOf(weak, '/')).toContain('You are not signed in')
      const console = await weak.sendAs('/console/tenants', { headers: CLAIMS })
      expect(console.headers.get('location')).toBe('/console/sign-in')
    }
  })
})

it('a login on http://localhost has cookies that every browser keeps there', async () => {
  const local = openBrowser({ ...env, ORIGIN: 'http://localhost:8787' })
  const world = await createWorld()
  const begun = await local.get(`/sso/${world.connectionSid}`)
  expect(begun.headers.getSetCookie()).toEqual([expect.stringMatching(/^local-login-/)])
  expect(begun.headers.getSetCookie()[0]).not.toContain('Secure')
})

it('is kept to https for a year, but not on this machine, where apps are on http', async () => {
  const headerOf = async (ORIGIN: string, path: string) => {
    const response = await openBrowser({ ...env, ORIGIN }).sendAs(path, { headers: CLAIMS })
    return response.headers.get('strict-transport-security')
  }
  for (const path of ['/', '/health', '/login', '/console/tenants', '/oauth2/jwks']) {
    expect([path, await headerOf('https://sso.vendor.example', path)]).toEqual([
      path,
      'max-age=31536000',
    ])
    expect([path, await headerOf('https://localhost:8787', path)]).toEqual([path, null])
  }
})

const pageOf = async (browser: ReturnType<typeof openBrowser>, path: string) =>
  (await browser.sendAs(path, { headers: CLAIMS })).text()
