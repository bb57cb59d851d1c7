// From an app to the front door, the IdP, and back to the app with tokens: by openid-client.
import * as openid from 'openid-client'
import { expect, it } from 'vitest'
import { ORIGIN } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'
import { openApp, signInWith } from './relying-party.ts'

it('gives an app tokens that say who has signed in', async () => {
  const world = await createWorld()
  const userSid = await world.addUser('alice@tenant.example', { signInMethod: 'sso_enforced' })
  const app = await openApp()
  const { tokens, checks } = await signInWith(app, world, 'alice@tenant.example')
  const [session] = (await world.rows()).sessions
  expect(tokens.claims()).toEqual({
    iss: ORIGIN,
    sub: userSid,
    aud: app.client.sid,
    exp: expect.any(Number),
    iat: expect.any(Number),
    auth_time: expect.any(Number),
    nonce: checks.nonce,
    acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    amr: ['pwd'],
    sid: session!.sid,
    at_hash: expect.any(String),
    email: 'alice@tenant.example',
    email_verified: true,
    given_name: 'Alice',
    family_name: 'Ämter & Söhne',
    name: 'Alice Ämter & Söhne',
    tenant_sid: world.tenantSid,
    connection_sid: world.connectionSid,
  })
  expect(tokens).toMatchObject({
    token_type: 'bearer',
    expires_in: 600,
    scope: 'openid email profile',
    access_token: expect.stringMatching(/^gpa_[\w-]{43}$/),
    refresh_token: expect.stringMatching(/^gpr_[\w-]{43}$/),
  })
  const userinfo = await openid.fetchUserInfo(app.config, tokens.access_token, userSid)
  expect(userinfo).toMatchObject({ sub: userSid, email: 'alice@tenant.example' })
})
