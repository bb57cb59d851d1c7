// What the authorization endpoint refuses: by our own page where nobody can be answered, else by an
// error for the app.
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { grants } from '../../src/platform/db/schema.ts'
import { editClient } from '../../src/clients/operations.ts'
import { CATALOGUE, type ErrorCode } from '../../src/errors.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import { openApp, openSession, REDIRECT_URI, type App } from './relying-party.ts'

let app: App
let browser: Browser
beforeAll(async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  browser = await openSession(world, 'alice@tenant.example')
  app = await openApp()
})

/** RFC 6749 §4.1.2.1: no quotes, no backslash, ASCII alone. */
const SAYABLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/

type Edit = (query: URLSearchParams) => void

async function asking(edit: Edit, from: Browser = browser) {
  const { url, checks } = await app.ask()
  edit(url.searchParams)
  const response = await from.get(`${url.pathname}?${url.searchParams}`)
  const location = response.headers.get('location')
  return { response, location, checks }
}

/** The error that came to the redirect URI, with the state and who says so. */
async function errorOf(edit: Edit): Promise<string | null> {
  const { location, checks } = await asking(edit)
  const callback = new URL(location ?? 'about:blank')
  expect(callback.href.startsWith(`${REDIRECT_URI}?`)).toBe(true)
  expect(callback.searchParams.get('code')).toBe(null)
  expect(callback.searchParams.get('error_description')).toMatch(SAYABLE)
  expect(callback.searchParams.get('iss')).toBe(ORIGIN)
  const state = callback.searchParams.get('state')
  expect([null, checks.state]).toContain(state)
  return callback.searchParams.get('error')
}

describe('our own page, and no redirect,', () => {
  const refusals: [string, ErrorCode, Edit][] = [
    ['for no client', 'client_unknown', (query) => query.delete('client_id')],
    [
      'for a client that does not exist',
      'client_unknown',
      (query) => query.set('client_id', `CL${'0'.repeat(32)}`),
    ],
    [
      'for two clients',
      'client_unknown',
      (query) => query.append('client_id', query.get('client_id')!),
    ],
    ['for no redirect URI', 'redirect_uri', (query) => query.delete('redirect_uri')],
    [
      'for a redirect URI that is not registered',
      'redirect_uri',
      (query) => query.set('redirect_uri', 'https://evil.example/callback'),
    ],
    [
      'for one that only begins like a registered one',
      'redirect_uri',
      (query) => query.set('redirect_uri', `${REDIRECT_URI}/more`),
    ],
    [
      'for one in another case',
      'redirect_uri',
      (query) => query.set('redirect_uri', REDIRECT_URI.toUpperCase()),
    ],
    [
      'for one with a query of its own',
      'redirect_uri',
      (query) => query.set('redirect_uri', `${REDIRECT_URI}?next=1`),
    ],
    [
      'for two redirect URIs',
      'redirect_uri',
      (query) => query.append('redirect_uri', 'https://evil.example/callback'),
    ],
    [
      'for an unregistered redirect URI with an error beside it',
      'redirect_uri',
      (query) => {
        query.set('redirect_uri', 'https://evil.example/callback')
        query.set('response_type', 'token')
      },
    ],
  ]
  it.each(refusals)('%s', async (_, code, edit) => {
    const { response, location } = await asking(edit)
    expect(location).toBe(null)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(CATALOGUE[code].title)
  })

  it('for a client that is disabled', async () => {
    const disabled = await openApp()
    good(await editClient(request(), disabled.client.sid, { disabled: true }))
    const { path } = await disabled.ask()
    const response = await browser.get(path)
    expect(response.headers.get('location')).toBe(null)
    expect(await response.text()).toContain(CATALOGUE.client_unknown.title)
  })

  it('for a stranger too, before any login', async () => {
    const edit: Edit = (query) => query.set('redirect_uri', 'https://evil.example/')
    const { response, location } = await asking(edit, openBrowser())
    expect([response.status, location]).toEqual([400, null])
  })
})

describe('an error for the app', () => {
  const set =
    (name: string, value: string): Edit =>
    (query) =>
      query.set(name, value)
  const errors: [string, string, Edit][] = [
    ['where PKCE is missing', 'invalid_request', (query) => query.delete('code_challenge')],
    ['where PKCE is plain', 'invalid_request', set('code_challenge_method', 'plain')],
    [
      'where PKCE has no method',
      'invalid_request',
      (query) => query.delete('code_challenge_method'),
    ],
    ['where the challenge is none', 'invalid_request', set('code_challenge', 'short')],
    [
      'where there is no response_type',
      'invalid_request',
      (query) => query.delete('response_type'),
    ],
    ['for response_type token', 'unsupported_response_type', set('response_type', 'token')],
    [
      'for response_type code id_token',
      'unsupported_response_type',
      set('response_type', 'code id_token'),
    ],
    ['for another response_mode', 'invalid_request', set('response_mode', 'fragment')],
    ['where scope has no openid', 'invalid_scope', set('scope', 'email profile')],
    ['where there is no scope', 'invalid_scope', (query) => query.delete('scope')],
    ['for a request object', 'request_not_supported', set('request', 'e30.e30.')],
    [
      'for a request object elsewhere',
      'request_uri_not_supported',
      set('request_uri', 'https://app.vendor.example/request'),
    ],
    ['for a registration', 'registration_not_supported', set('registration', '{}')],
    ['for an unknown prompt', 'invalid_request', set('prompt', 'create')],
    ['for prompt=none and another', 'invalid_request', set('prompt', 'none login')],
    ['for a max_age that is none', 'invalid_request', set('max_age', '-1')],
    ['for a request that is too long', 'invalid_request', set('more', 'x'.repeat(6000))],
    ['for an id_token_hint of nobody', 'invalid_request', set('id_token_hint', 'e30.e30.e30')],
    [
      'where a parameter comes twice',
      'invalid_request',
      (query) => query.append('scope', 'openid'),
    ],
    [
      'where an unknown parameter comes twice',
      'invalid_request',
      (query) => ['a', 'b'].forEach((value) => query.append('x', value)),
    ],
  ]
  it.each(errors)('%s: %s', async (_, error, edit) => {
    expect(await errorOf(edit)).toBe(error)
  })

  it('does not choose between two states', async () => {
    const { location } = await asking((query) => query.append('state', 'other'))
    const callback = new URL(location!)
    expect(callback.searchParams.get('error')).toBe('invalid_request')
    expect(callback.searchParams.get('state')).toBe(null)
  })

  it('makes no grant', async () => {
    const before = await db.$count(grants)
    await errorOf((query) => query.delete('code_challenge'))
    await asking((query) => query.set('redirect_uri', 'https://evil.example/'))
    expect(await db.$count(grants)).toBe(before)
  })

  it('comes by a form if the app requests form_post', async () => {
    const { response } = await asking((query) => {
      query.set('response_mode', 'form_post')
      query.set('scope', 'email')
    })
    expect(await response.text()).toContain('name="error" value="invalid_scope"')
  })
})

it('ignores parameters, scopes and claims that it does not know', async () => {
  const { location } = await asking((query) => {
    query.set('scope', 'openid groups address')
    query.set('claims', '{"userinfo":{"groups":{"essential":true}}}')
    query.set('acr_values', 'gold')
    query.set('ui_locales', 'de')
    query.set('display', 'popup')
    query.set('audience', 'https://api.vendor.example')
  })
  expect(new URL(location!).searchParams.has('code')).toBe(true)
})

it('keeps the query of a redirect URI, byte for byte', async () => {
  const uri = `${REDIRECT_URI}?tenant=a%2Fb&x`
  const odd = await openApp({ redirectURIs: [uri] })
  const response = await browser.get((await odd.ask()).path)
  expect(response.headers.get('location')).toMatch(
    /^https:\/\/app\.vendor\.example\/callback\?tenant=a%2Fb&x&code=/,
  )
})

it('stores only what it needs: the hash of the code, and no state', async () => {
  const { location, checks } = await asking(() => undefined)
  const code = new URL(location!).searchParams.get('code')!
  const rows = await db.select().from(grants).where(eq(grants.clientSid, app.client.sid))
  const text = JSON.stringify(rows)
  expect(text).not.toContain(code)
  expect(text).not.toContain(checks.state)
  expect(text).not.toContain(checks.verifier)
})
