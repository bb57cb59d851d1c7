// What apps are told, and what they are never told.
import { eq, sql } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { sessions } from '../../src/platform/db/schema.ts'
import { createWorld, db } from '../support/world.ts'
import { askIn, openApp, openSession, post, type App } from './relying-party.ts'

let app: App
beforeAll(async () => {
  app = await openApp()
})

/** The claims of a login that was of this class. */
async function claimsOf(authnContextClassRef: string | null) {
  const world = await createWorld()
  const userSid = await world.addUser('alice@tenant.example')
  const browser = await openSession(world, 'alice@tenant.example')
  await db
    .update(sessions)
    .set({
      principal: sql`json_set(principal, '$.authnContextClassRef', ${authnContextClassRef})`,
    })
    .where(eq(sessions.userSid, userSid))
  const asked = await askIn(browser, app)
  return (await app.redeem(asked.callback!, asked.checks)).claims()!
}

const CLASS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:'

it.each([
  [`${CLASS}Password`, ['pwd']],
  [`${CLASS}PasswordProtectedTransport`, ['pwd']],
  [`${CLASS}X509`, ['pop']],
  [`${CLASS}SmartcardPKI`, ['sc', 'pin', 'mfa']],
  ['https://refeds.org/profile/mfa', ['mfa']],
  ['http://schemas.microsoft.com/claims/multipleauthn', ['mfa']],
  ['urn:federation:authentication:windows', ['wia']],
  // These do not say by what.
  [`${CLASS}unspecified`, undefined],
  [`${CLASS}PreviousSession`, undefined],
  ['constructor', undefined],
])('says of %s how somebody authenticated: %j', async (authnContextClassRef, amr) => {
  const claims = await claimsOf(authnContextClassRef)
  expect(claims.acr).toBe(authnContextClassRef)
  expect(claims.amr).toEqual(amr)
})

it('omits it if the IdP does not send it', async () => {
  const claims = await claimsOf(null)
  expect(Object.keys(claims)).not.toContain('acr')
  expect(Object.keys(claims)).not.toContain('amr')
})

it('tells no app of roles or groups, whatever the IdP asserts and whatever the app asks for', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const browser = await openSession(world, 'alice@tenant.example', {
    attributes: {
      email: 'alice@tenant.example',
      firstName: 'Alice',
      lastName: 'A',
      Role: 'sentinel-role',
      groups: 'sentinel-group',
      'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': 'sentinel-admin',
    },
  })
  const asked = await askIn(browser, app, {
    scope: 'openid email profile roles groups',
    claims: '{"id_token":{"roles":null,"groups":null},"userinfo":{"roles":null}}',
  })
  const tokens = await app.redeem(asked.callback!, asked.checks)
  const userinfo = await post(
    '/oauth2/userinfo',
    {},
    { authorization: `Bearer ${tokens.access_token}` },
  )
  const told = JSON.stringify([decodeJwt(tokens.id_token!), tokens, userinfo.body, asked.location])
  expect(told).not.toMatch(/sentinel|role|group/i)
  // Nor is it anywhere that a later version could tell it from.
  expect(JSON.stringify(await db.select().from(sessions))).not.toContain('sentinel')
})
