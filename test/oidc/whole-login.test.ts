// From an app to the front door, the IdP, and back to the app with tokens: by openid-client.
import * as openid from 'openid-client'
import { expect, it } from 'vitest'
import { ORIGIN } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'
import { openApp, REDIRECT_URI, signIn } from './relying-party.ts'

it('gives an app tokens that say who has signed in', async () => {
  const world = await createWorld()
  const userSid = await world.addUser('whole@tenant.example', { signInMethod: 'sso_enforced' })
  const app = await openApp()
  const asked = await app.ask()
  const { callback, trail } = await signIn(world, asked, 'whole@tenant.example')
  expect(trail.map((url) => new URL(url, ORIGIN).pathname)).toEqual([
    '/login',
    `/sso/${world.connectionSid}`,
    '/sso',
    '/login/finish',
    '/callback',
  ])
  expect(Object.fromEntries(callback!.searchParams)).toEqual({
    code: expect.stringMatching(/^[0-9a-f]{32}[\w-]{43}$/),
    state: asked.checks.state,
    iss: ORIGIN,
  })
  const tokens = await app.redeem(callback!, asked.checks)
  const [session] = (await world.rows()).sessions
  expect(tokens.claims()).toEqual({
    iss: ORIGIN,
    sub: userSid,
    aud: app.client.sid,
    exp: tokens.claims()!.iat + 600,
    iat: expect.any(Number),
    auth_time: expect.any(Number),
    nonce: asked.checks.nonce,
    acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    amr: ['pwd'],
    sid: session!.sid,
    at_hash: expect.any(String),
    email: 'whole@tenant.example',
    email_verified: true,
    given_name: 'Alice',
    family_name: 'Ämter & Söhne',
    name: 'Alice Ämter & Söhne',
    tenant_sid: world.tenantSid,
    connection_sid: world.connectionSid,
  })
  expect(tokens).toMatchObject({
    token_type: 'bearer',
    expires_in: 3600,
    scope: 'openid email profile',
    access_token: expect.stringMatching(/^gpa_[\w-]{130}$/),
    refresh_token: expect.stringMatching(/^gpr_[\w-]{130}$/),
  })
  const userinfo = await openid.fetchUserInfo(app.config, tokens.access_token, userSid)
  expect(userinfo).toMatchObject({ sub: userSid, email: 'whole@tenant.example' })
})

it('asks a signed-in user no second time, for any app', async () => {
  const world = await createWorld()
  await world.addUser('again@tenant.example', { signInMethod: 'sso_enforced' })
  const first = await (await openApp()).ask()
  const { browser } = await signIn(world, first, 'again@tenant.example')
  const other = await openApp({ name: 'Reports', clientType: 'public' })
  const asked = await other.ask()
  const response = await browser.get(asked.path)
  expect(response.status).toBe(303)
  const callback = new URL(response.headers.get('location')!)
  expect(callback.origin + callback.pathname).toBe(REDIRECT_URI)
  expect((await other.redeem(callback, asked.checks)).claims()!.email).toBe('again@tenant.example')
})

it('takes an authorization request by POST, with the cookie that comes after the redirect', async () => {
  const world = await createWorld()
  await world.addUser('post@tenant.example')
  const { browser } = await world.login('post@tenant.example')
  const app = await openApp()
  const asked = await app.ask()
  const posted = await browser.postFromElsewhere(
    '/oauth2/authorize',
    Object.fromEntries(asked.url.searchParams),
  )
  expect(posted.status).toBe(303)
  const answered = await browser.get(posted.headers.get('location')!)
  const callback = new URL(answered.headers.get('location')!)
  expect((await app.redeem(callback, asked.checks)).claims()!.email).toBe('post@tenant.example')
})

it('answers by a self-posting form if the app requests form_post', async () => {
  const world = await createWorld()
  await world.addUser('form@tenant.example')
  const { browser } = await world.login('form@tenant.example')
  const app = await openApp()
  const asked = await app.ask({ response_mode: 'form_post' })
  const page = await browser.get(asked.path)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain(
    'form-action https://app.vendor.example',
  )
  const text = await page.text()
  expect(text).toContain(`<form method="post" action="${REDIRECT_URI}">`)
  const fields = [...text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [
    name!,
    value!,
  ])
  const body = new URLSearchParams(fields)
  const request = new Request(REDIRECT_URI, { method: 'POST', body })
  const tokens = await openid.authorizationCodeGrant(app.config, request, {
    expectedState: asked.checks.state,
    expectedNonce: asked.checks.nonce,
    pkceCodeVerifier: asked.checks.verifier,
    idTokenExpected: true,
  })
  expect(tokens.claims()!.email).toBe('form@tenant.example')
})
