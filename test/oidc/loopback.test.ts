// Apps on a user's own device: a loopback redirect URI of any port, for public clients alone
// (RFC 8252 §7.3 and §8.3). What SQL decides and what the code decides is the same.
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { isRegistered } from '../../src/clients/redirect-uri.ts'
import { grants } from '../../src/platform/db/schema.ts'
import { CATALOGUE } from '../../src/errors.ts'
import type { Browser } from '../support/browser.ts'
import { createWorld, db } from '../support/world.ts'
import { openApp, openSession, post } from './relying-party.ts'

let browser: Browser
beforeAll(async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  browser = await openSession(world, 'alice@tenant.example')
})

const ACCEPTED = [
  ['http://127.0.0.1/callback', 'http://127.0.0.1/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback'],
  ['http://127.0.0.1:8400/callback', 'http://127.0.0.1:51004/callback'],
  ['http://127.0.0.1:8400/callback', 'http://127.0.0.1/callback'],
  ['http://127.0.0.1/callback?app=1', 'http://127.0.0.1:51004/callback?app=1'],
  ['http://127.0.0.1', 'http://127.0.0.1:51004'],
  ['http://[::1]/callback', 'http://[::1]:51004/callback'],
  ['http://[::1]:9/callback', 'http://[::1]:51004/callback'],
]

const REFUSED = [
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/other'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback/'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/Callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback?x=1'],
  ['http://127.0.0.1/callback', 'http://[::1]:51004/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.2:51004/callback'],
  ['http://127.0.0.1/callback', 'http://localhost:51004/callback'],
  ['http://127.0.0.1/callback', 'https://127.0.0.1:51004/callback'],
  ['http://127.0.0.1/callback', 'HTTP://127.0.0.1:51004/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1.evil.example/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:@evil.example/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51004@evil.example/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:99999/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1::51004/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:5100a/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback#x'],
  ['http://localhost/callback', 'http://localhost:51004/callback'],
  ['http://localhost:8400/callback', 'http://localhost:51004/callback'],
  ['https://127.0.0.1/callback', 'https://127.0.0.1:51004/callback'],
  ['https://app.vendor.example/callback', 'https://app.vendor.example:8443/callback'],
]

/** What came of a request, and which redirect URI the grant has. */
async function ask(clientType: 'public' | 'confidential', registered: string, asked: string) {
  const app = await openApp({ clientType, redirectURIs: [registered] })
  expect(isRegistered(app.client, registered)).toBe(true)
  const { path, checks } = await app.ask({ redirect_uri: asked })
  const response = await browser.get(path)
  const rows = await db.select().from(grants).where(eq(grants.clientSid, app.client.sid))
  const location = response.headers.get('location')
  if (location === null) {
    expect(await response.text()).toContain(CATALOGUE.redirect_uri.title)
    return { app, checks, uri: null, rows, isRegistered: isRegistered(app.client, asked) }
  }
  expect(location.startsWith(`${asked}${asked.includes('?') ? '&' : '?'}`)).toBe(true)
  const code = new URL(location).searchParams.get('code')!
  return { app, checks, uri: rows[0]!.redirectURI, code, rows, isRegistered: true }
}

describe('a public app', () => {
  it.each(ACCEPTED)('that registered %s may be at %s', async (registered, asked) => {
    const { app, checks, uri, code } = await ask('public', registered!, asked!)
    expect(uri).toBe(asked)
    const tokens = async (redirectURI: string) => {
      const fields = {
        client_id: app.client.sid,
        grant_type: 'authorization_code',
        code: code!,
        redirect_uri: redirectURI,
        code_verifier: checks.verifier,
      }
      return (await post('/oauth2/token', fields)).status
    }
    // The token request names the very URI of the authorization request.
    expect(await tokens(asked!)).toBe(200)
  })

  it.each(REFUSED)('that registered %s may not be at %s', async (registered, asked) => {
    const { uri, rows, isRegistered } = await ask('public', registered!, asked!)
    expect([uri, rows, isRegistered]).toEqual([null, [], false])
  })
})

it.each([
  ['http://127.0.0.1:51004/callback', 'form-action http://127.0.0.1:51004 https:'],
  // Browsers ignore a source that is an IPv6 address.
  ['http://[::1]:51004/callback', 'form-action http: https:'],
])('may be answered at %s by a form that the policy lets pass', async (uri, policy) => {
  const app = await openApp({ clientType: 'public', redirectURIs: [uri] })
  const { path } = await app.ask({ redirect_uri: uri, response_mode: 'form_post' })
  const response = await browser.get(path)
  expect(await response.text()).toContain(`<form method="post" action="${uri}">`)
  expect(response.headers.get('content-security-policy')).toContain(policy)
})

it('of an app with a secret the port counts', async () => {
  const fixed = 'http://127.0.0.1:8400/callback'
  expect((await ask('confidential', fixed, fixed)).uri).toBe(fixed)
  const other = await ask('confidential', fixed, 'http://127.0.0.1:51004/callback')
  expect([other.uri, other.rows, other.isRegistered]).toEqual([null, [], false])
})
