// What the conformance suite tries of a basic OpenID Provider and no other file here does: requests
// that have to succeed.
import { beforeAll, expect, it } from 'vitest'
import * as openid from 'openid-client'
import type { Browser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'
import { askIn, openApp, openSession, type App } from './relying-party.ts'

let app: App
let browser: Browser
beforeAll(async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  browser = await openSession(world, 'alice@tenant.example')
  app = await openApp()
})

it('takes a request without a nonce, and gives an ID token without one', async () => {
  const { url, checks } = await app.ask()
  url.searchParams.delete('nonce')
  const response = await browser.get(`${url.pathname}${url.search}`)
  const tokens = await openid.authorizationCodeGrant(
    app.config,
    new URL(response.headers.get('location')!),
    { expectedState: checks.state, pkceCodeVerifier: checks.verifier, idTokenExpected: true },
  )
  expect(Object.keys(tokens.claims()!)).not.toContain('nonce')
})

it('takes a request without a state, and answers without one', async () => {
  const { url } = await app.ask()
  url.searchParams.delete('state')
  const response = await browser.get(`${url.pathname}${url.search}`)
  const callback = new URL(response.headers.get('location')!)
  expect([...callback.searchParams.keys()].toSorted()).toEqual(['code', 'iss'])
})

it.each([
  'email openid profile',
  'profile email openid',
  ' openid  openid ',
  'openid phone address',
])('takes the scope %j, in whatever order', async (scope) => {
  const asked = await askIn(browser, app, { scope })
  const tokens = await app.redeem(asked.callback!, asked.checks)
  const known = ['openid', 'email', 'profile'].filter((one) => scope.includes(one))
  expect(tokens.scope).toBe(known.join(' '))
})

it.each<Record<string, string>>([
  { display: 'page' },
  { display: 'popup' },
  { ui_locales: 'se' },
  { claims_locales: 'se' },
  { acr_values: '1 2' },
  { claims: '{"userinfo":{"name":{"essential":true}}}' },
  { prompt: 'consent' },
  { extra: 'foobar' },
])('gives a code for a request with %j', async (more) => {
  const asked = await askIn(browser, app, more)
  expect((await app.redeem(asked.callback!, asked.checks)).claims()!.name).toMatch(/^Alice /)
})
