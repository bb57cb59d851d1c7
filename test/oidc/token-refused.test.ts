// What the token endpoint refuses, and what that does to the grant. By oauth4webapi, or by hand
// where no library would do it.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import * as oauth from 'oauth4webapi'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { editClient } from '../../src/clients/operations.ts'
import {
  clients,
  connections,
  grants,
  sessions,
  tenants,
  users,
} from '../../src/platform/db/schema.ts'
import { readCode } from '../../src/oidc/grant-token.ts'
import { describeProvider } from '../../src/oidc/discovery.ts'
import { hashSecret } from '../../src/platform/secret.ts'
import { ORIGIN, type Browser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import {
  askIn,
  basic,
  codeFields,
  fetchOf,
  openApp,
  openSession,
  post,
  REDIRECT_URI,
  type App,
} from './relying-party.ts'

let world: World
let userSid: string
let browser: Browser
let app: App
let publicApp: App
beforeAll(async () => {
  app = await openApp()
  publicApp = await openApp({ name: 'Single page', clientType: 'public' })
})
beforeEach(async () => {
  world = await createWorld()
  userSid = await world.addUser('alice@tenant.example')
  browser = await openSession(world, 'alice@tenant.example')
})

const server = describeProvider(ORIGIN) as unknown as oauth.AuthorizationServer

/** The error that oauth4webapi is told; null: it got its tokens. */
async function redeem(
  { callback, checks, ...asked }: Awaited<ReturnType<typeof askIn>>,
  as: App = app,
  change: { verifier?: string; redirectURI?: string; authentication?: oauth.ClientAuth } = {},
) {
  const client = { client_id: as.client.sid }
  const authentication =
    change.authentication ??
    (as.secret === null ? oauth.None() : oauth.ClientSecretBasic(as.secret))
  expect(asked.response.status).toBe(303)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    oauth.validateAuthResponse(server, client, callback!, checks.state),
    change.redirectURI ?? REDIRECT_URI,
    change.verifier ?? checks.verifier,
    { [oauth.customFetch]: fetchOf(env) as never },
  )
  try {
    await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: checks.nonce,
      requireIdToken: true,
    })
    return null
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) return error.error
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      return ((await error.response.json()) as { error: string }).error
    throw error
  }
}

async function isGrantOf(code: string) {
  return eq(grants.secretHash, (await readCode(code))!.hash)
}

/** Of the grant that the code is of: whether it was spent, and whether it has ended. */
async function stateOf(code: string) {
  const [grant] = await db
    .select()
    .from(grants)
    .where(await isGrantOf(code))
  return { spent: grant!.spentAt !== null, ended: grant!.endedAt !== null }
}

const UNTOUCHED = { spent: false, ended: false }
const GIVEN = { spent: true, ended: false }
const LOST = { spent: true, ended: true }

it('gives tokens for a code: once', async () => {
  const asked = await askIn(browser, app)
  expect(await redeem(asked)).toBe(null)
  expect(await stateOf(asked.code)).toEqual(GIVEN)
})

it('gives them to a public client, which proves itself by PKCE alone', async () => {
  const asked = await askIn(browser, publicApp)
  expect(await redeem(asked, publicApp)).toBe(null)
})

async function send(fields: Record<string, string> | string) {
  const { status, body } = await post('/oauth2/token', fields, basic(app))
  return [status, body.error]
}

describe('invalid_grant', () => {
  it('for a wrong verifier, which spends the code', async () => {
    const asked = await askIn(browser, app)
    const verifier = oauth.generateRandomCodeVerifier()
    expect(await redeem(asked, app, { verifier })).toBe('invalid_grant')
    expect(await stateOf(asked.code)).toEqual(LOST)
    expect(await redeem(asked)).toBe('invalid_grant')
  })

  it('for a missing verifier, which spends the code', async () => {
    const { code, checks } = await askIn(browser, app)
    const fields = codeFields(code, checks)
    delete fields.code_verifier
    expect(await send(fields)).toEqual([400, 'invalid_grant'])
    expect(await stateOf(code)).toEqual(LOST)
  })

  it('for another redirect URI, which spends the code', async () => {
    const asked = await askIn(browser, app)
    const redirectURI = 'https://app.vendor.example/other'
    expect(await redeem(asked, app, { redirectURI })).toBe('invalid_grant')
    expect(await stateOf(asked.code)).toEqual(LOST)
  })

  it('for a code that was used: all tokens that came of it end', async () => {
    const asked = await askIn(browser, app)
    const used = await app.redeem(asked.callback!, asked.checks)
    expect(await redeem(asked)).toBe('invalid_grant')
    expect(await stateOf(asked.code)).toEqual(LOST)
    const headers = { authorization: `Bearer ${used.access_token}` }
    expect((await post('/oauth2/userinfo', {}, headers)).status).toBe(401)
    const refreshed = await post(
      '/oauth2/token',
      { grant_type: 'refresh_token', refresh_token: used.refresh_token! },
      basic(app),
    )
    expect(refreshed.body.error).toBe('invalid_grant')
  })

  it('for all but one of several at once', async () => {
    const asked = await askIn(browser, app)
    const answers = await Promise.all([redeem(asked), redeem(asked), redeem(asked)])
    expect(answers.filter((answer) => answer === null).length).toBeLessThanOrEqual(1)
    expect((await stateOf(asked.code)).ended).toBe(true)
  })

  it('for a code that has expired', async () => {
    const asked = await askIn(browser, app)
    const isIt = await isGrantOf(asked.code)
    const [grant] = await db.select().from(grants).where(isIt)
    expect(grant!.codeExpiresAt - grant!.createdAt).toBe(60_000)
    await db.update(grants).set({ codeExpiresAt: Date.now() }).where(isIt)
    expect(await redeem(asked)).toBe('invalid_grant')
    expect(await stateOf(asked.code)).toEqual(LOST)
  })

  it('for another client’s code, which that one may still use', async () => {
    const asked = await askIn(browser, app)
    const other = await openApp({ name: 'Reports' })
    expect(await redeem(asked, other)).toBe('invalid_grant')
    expect(await redeem(asked, publicApp)).toBe('invalid_grant')
    expect(await stateOf(asked.code)).toEqual(UNTOUCHED)
    expect(await redeem(asked)).toBe(null)
  })

  it('for an unknown code', async () => {
    const asked = await askIn(browser, app)
    asked.callback!.searchParams.set('code', 'x'.repeat(43))
    expect(await redeem(asked)).toBe('invalid_grant')
    expect(await stateOf(asked.code)).toEqual(UNTOUCHED)
  })

  it('after the session was signed out', async () => {
    const asked = await askIn(browser, app)
    await browser.post('/logout')
    expect(await redeem(asked)).toBe('invalid_grant')
    expect((await stateOf(asked.code)).ended).toBe(true)
  })

  it('after the user was suspended', async () => {
    const asked = await askIn(browser, app)
    await db.update(users).set({ suspendedAt: Date.now() }).where(eq(users.sid, userSid))
    expect(await redeem(asked)).toBe('invalid_grant')
    expect((await stateOf(asked.code)).ended).toBe(true)
  })

  // The trigger has ended the session by then: each condition holds by itself too.
  it.each([
    ['user', () => db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, userSid))],
    [
      'connection',
      () =>
        db
          .update(connections)
          .set({ state: 'suspended' })
          .where(eq(connections.sid, world.connectionSid)),
    ],
    [
      'tenant',
      () => db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, world.tenantSid)),
    ],
  ])('while the %s is suspended, whatever the session says', async (_, suspend) => {
    const asked = await askIn(browser, app)
    await suspend()
    await db
      .update(sessions)
      .set({ endedAt: null, endedBecause: null })
      .where(eq(sessions.userSid, userSid))
    await db
      .update(grants)
      .set({ endedAt: null })
      .where(await isGrantOf(asked.code))
    expect(await redeem(asked)).toBe('invalid_grant')
    expect(await stateOf(asked.code)).toEqual(LOST)
  })

  it('after the session was idle for too long', async () => {
    const asked = await askIn(browser, app)
    await db
      .update(sessions)
      .set({ lastSeenAt: Date.now() - 2 * 3600_000 })
      .where(eq(sessions.userSid, userSid))
    expect(await redeem(asked)).toBe('invalid_grant')
  })
})

describe('invalid_client', () => {
  it('for a wrong secret, which leaves the code alone', async () => {
    const asked = await askIn(browser, app)
    const authentication = oauth.ClientSecretBasic(`gpc_${'x'.repeat(43)}`)
    expect(await redeem(asked, app, { authentication })).toBe('invalid_client')
    expect(await stateOf(asked.code)).toEqual(UNTOUCHED)
  })

  it('but not for the secret in the header or in the form: both are good', async () => {
    for (const authentication of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
      const asked = await askIn(browser, app)
      expect(await redeem(asked, app, { authentication: authentication(app.secret!) })).toBe(null)
    }
  })

  it('for a missing secret', async () => {
    const asked = await askIn(browser, app)
    expect(await redeem(asked, app, { authentication: oauth.None() })).toBe('invalid_client')
    expect(await stateOf(asked.code)).toEqual(UNTOUCHED)
  })

  it('for a secret of a public client', async () => {
    const asked = await askIn(browser, publicApp)
    const authentication = oauth.ClientSecretPost('guessed')
    expect(await redeem(asked, publicApp, { authentication })).toBe('invalid_client')
  })

  it('for a client that is disabled after the code was made', async () => {
    const soon = await openApp()
    const asked = await askIn(browser, soon)
    good(await editClient(request(), soon.client.sid, { disabled: true }))
    expect(await redeem(asked, soon)).toBe('invalid_client')
    expect(await stateOf(asked.code)).toEqual(UNTOUCHED)
  })

  it('without credentials, and names the scheme', async () => {
    const { code, checks } = await askIn(browser, app)
    const nobody = await post('/oauth2/token', codeFields(code, checks))
    expect([nobody.status, nobody.body.error]).toEqual([401, 'invalid_client'])
    const wrong = await post('/oauth2/token', codeFields(code, checks), {
      authorization: `Basic ${btoa(`${app.client.sid}:wrong`)}`,
    })
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
    expect(wrong.headers.get('cache-control')).toBe('no-store')
  })

  it.each(['Basic', 'Basic ?', 'Basic e30=', `Basic ${btoa('%zz:%zz')}`, 'Bearer x', ''])(
    'for the header %j',
    async (authorization) => {
      const answer = await post('/oauth2/token', { grant_type: 'refresh_token' }, { authorization })
      expect(answer.body.error).toBe('invalid_client')
    },
  )
})

describe('a secret that was rotated', () => {
  it('stays valid until its date, and no longer', async () => {
    const rotated = await openApp()
    const asked = await askIn(browser, rotated)
    const previousSecretHash = await hashSecret(rotated.secret!)
    const set = (previousSecretUntil: number) =>
      db
        .update(clients)
        .set({ secretHash: 'another', previousSecretHash, previousSecretUntil })
        .where(eq(clients.sid, rotated.client.sid))
    await set(Date.now() - 1)
    expect(await redeem(asked, rotated)).toBe('invalid_client')
    await set(Date.now() + 60_000)
    expect(await redeem(asked, rotated)).toBe(null)
  })
})

describe('invalid_request', () => {
  it.each(['code', 'redirect_uri', 'grant_type'])('where %s is missing', async (name) => {
    const { code, checks } = await askIn(browser, app)
    const fields = codeFields(code, checks)
    delete fields[name]
    expect(await send(fields)).toEqual([400, 'invalid_request'])
    expect(await stateOf(code)).toEqual(UNTOUCHED)
  })

  it('if the refresh token is missing', async () => {
    expect(await send({ grant_type: 'refresh_token' })).toEqual([400, 'invalid_request'])
  })

  it('if a parameter is repeated', async () => {
    const { code, checks } = await askIn(browser, app)
    const twice = `${new URLSearchParams(codeFields(code, checks))}&code=${code}`
    expect(await send(twice)).toEqual([400, 'invalid_request'])
    expect(await stateOf(code)).toEqual(UNTOUCHED)
  })

  it('if the client authenticates twice', async () => {
    const { code, checks } = await askIn(browser, app)
    const fields = { ...codeFields(code, checks), client_secret: app.secret! }
    expect(await send(fields)).toEqual([400, 'invalid_request'])
  })

  it('if header and body name different clients', async () => {
    const { code, checks } = await askIn(browser, app)
    const fields = { ...codeFields(code, checks), client_id: publicApp.client.sid }
    expect(await send(fields)).toEqual([400, 'invalid_request'])
  })

  it('if the body is too large', async () => {
    expect(await send({ code: 'x'.repeat(600_000) })).toEqual([413, 'invalid_request'])
  })
})

it('knows two grants, and no other', async () => {
  for (const grant_type of ['password', 'client_credentials', 'implicit']) {
    const { status, body } = await post('/oauth2/token', { grant_type }, basic(app))
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type'])
  }
})

it('takes neither code nor secret from the query', async () => {
  const { code, checks } = await askIn(browser, app)
  const query = new URLSearchParams({
    ...codeFields(code, checks),
    client_id: app.client.sid,
    client_secret: app.secret!,
  })
  const { body } = await post(`/oauth2/token?${query}`, {})
  expect(body.error).toBe('invalid_client')
  expect(await stateOf(code)).toEqual(UNTOUCHED)
})
