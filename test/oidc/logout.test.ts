// Logout that an app asks for (OpenID Connect RP-Initiated Logout 1.0), by openid-client where it
// makes requests.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import * as openid from 'openid-client'
import { beforeEach, describe, expect, it } from 'vitest'
import { clients, logoutDeliveries, sessions } from '../../src/platform/db/schema.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { openSigner } from '../../src/oidc/signing-keys/signing-keys.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { countD1 } from '../support/wrap-d1.ts'
import { createWorld, db, type WorldSettings } from '../support/world.ts'
import { config } from './back-channel-stage.ts'
import { openApp, signInWith } from './relying-party.ts'

const BYE = 'https://app.vendor.example/bye'
const BYE_WITH_QUERY = 'https://app.vendor.example/bye?from=sso'
const EMAIL = 'alice@tenant.example'

beforeEach(() => db.delete(logoutDeliveries))

async function openStage(settings: WorldSettings = {}) {
  const world = await createWorld(settings)
  const app = await openApp({
    postLogoutRedirectURIs: [BYE, BYE_WITH_QUERY],
    backchannelLogoutURI: 'https://app.vendor.example/backchannel',
  })
  const { browser, tokens, email } = await signInWith(app, world)
  const hint = tokens.id_token!
  const path = (parameters: Record<string, string>) =>
    `/oauth2/logout?${new URLSearchParams(parameters)}`
  const session = async () => (await world.rows()).sessions[0]!
  const isOut = async () => {
    const { endedAt, endedBecause } = await session()
    expect(endedBecause).toBe(endedAt === null ? null : 'logout')
    return endedAt !== null
  }
  return { world, app, browser, email, hint, path, session, isOut }
}

type Stage = Awaited<ReturnType<typeof openStage>>

const hasCookie = (browser: Browser) => browser.cookies.has('__Host-session')

describe('an app that has an ID token of the session', () => {
  it('signs out without a question, and gets the browser back with its state', async () => {
    const { app, browser, hint, session, isOut } = await openStage()
    expect(app.config.serverMetadata().end_session_endpoint).toBe(`${ORIGIN}/oauth2/logout`)
    const url = openid.buildEndSessionUrl(app.config, {
      id_token_hint: hint,
      post_logout_redirect_uri: BYE,
      state: 'a b&c',
    })
    const response = await browser.get(`${url.pathname}${url.search}`)
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `${BYE}?state=a+b%26c`,
    ])
    expect(await isOut()).toBe(true)
    expect(hasCookie(browser)).toBe(false)
    // And the app itself is told besides.
    expect(await db.select().from(logoutDeliveries)).toMatchObject([
      { sessionSid: (await session()).sid, clientSid: app.client.sid },
    ])
  })

  it.each([
    ['without a state', { post_logout_redirect_uri: BYE }, BYE],
    [
      'to a URI that has a query',
      { post_logout_redirect_uri: BYE_WITH_QUERY, state: 'x' },
      `${BYE_WITH_QUERY}&state=x`,
    ],
  ])('gets it back %s', async (_, more, expected) => {
    const { browser, hint, path } = await openStage()
    const response = await browser.get(path({ id_token_hint: hint, ...more }))
    expect(response.headers.get('location')).toBe(expected)
  })

  it.each([
    ['that names no URI', {}, 'You are signed out'],
    ['that names a state alone', { state: 'x' }, 'You are signed out'],
    [
      'and tells us who, and in which language',
      { logout_hint: EMAIL, ui_locales: 'de' },
      'Sie sind abgemeldet',
    ],
  ])('leaves the browser with us: %s', async (_, more, words) => {
    const { browser, hint, path, isOut } = await openStage()
    const page = await browser.get(path({ id_token_hint: hint, ...more }))
    expect(await page.text()).toContain(words)
    expect(await isOut()).toBe(true)
  })

  it('may come by POST: the cookie follows after a redirect', async () => {
    const { browser, hint, isOut } = await openStage()
    const fields = { id_token_hint: hint, post_logout_redirect_uri: BYE, state: 'x' }
    const posted = await browser.postFromElsewhere('/oauth2/logout', fields)
    expect([posted.status, await isOut()]).toEqual([303, false])
    const response = await browser.get(posted.headers.get('location')!)
    expect(response.headers.get('location')).toBe(`${BYE}?state=x`)
    expect(await isOut()).toBe(true)
  })

  it('may have one that has expired', async () => {
    const { app, browser, path, session, isOut } = await openStage()
    const { sid, userSid } = await session()
    const signer = await openSigner(db, config.keySecrets, Date.now())
    const claims = { iss: ORIGIN, aud: app.client.sid, sub: userSid, sid, iat: 1, exp: 2 }
    await browser.get(
      path({ id_token_hint: await signer.sign(claims, { typ: 'JWT', algorithm: 'RS256' }) }),
    )
    expect(await isOut()).toBe(true)
  })

  it('may have one of an earlier session of the same person', async () => {
    const { world, browser, email, hint, path } = await openStage()
    await world.login(email, {}, browser)
    await browser.get(path({ id_token_hint: hint }))
    const open = (await world.rows()).sessions.filter(({ endedAt }) => endedAt === null)
    // Both are over: the browser has had the first one too.
    expect(open).toEqual([])
    expect(hasCookie(browser)).toBe(false)
  })

  it('continues without a question after the session has ended', async () => {
    const { browser, hint, path } = await openStage()
    await browser.post('/logout')
    const again = path({ id_token_hint: hint, post_logout_redirect_uri: BYE })
    expect((await browser.get(again)).headers.get('location')).toBe(BYE)
    expect((await openBrowser().get(again)).headers.get('location')).toBe(BYE)
  })
})

describe('the order', () => {
  const REDIRECT_URL = 'https://tenant.example/bye'

  it('is our session, then the tenant’s Redirect URL by POST, before the app’s', async () => {
    const { browser, hint, path, isOut } = await openStage({
      connection: { logoutRedirectURL: REDIRECT_URL },
    })
    const response = await browser.get(path({ id_token_hint: hint, post_logout_redirect_uri: BYE }))
    expect(response.status).toBe(200)
    expect(await response.text()).toContain(`<form method="post" action="${REDIRECT_URL}">`)
    expect(response.headers.get('content-security-policy')).toContain(
      'form-action https://tenant.example https:',
    )
    expect(await isOut()).toBe(true)
  })

  it('puts the app first where the tenant wants that', async () => {
    const { browser, hint, path, isOut, world } = await openStage({
      connection: { logoutRedirectURL: REDIRECT_URL },
    })
    good(await editTenant(request(), world.tenantSid, { afterSignOut: 'app' }))
    const back = await browser.get(path({ id_token_hint: hint, post_logout_redirect_uri: BYE }))
    expect(back.headers.get('location')).toBe(BYE)
    expect(await isOut()).toBe(true)
  })

  it('is the tenant’s page all the same if the app names none', async () => {
    const { browser, hint, path, world } = await openStage({
      connection: { logoutRedirectURL: REDIRECT_URL },
    })
    good(await editTenant(request(), world.tenantSid, { afterSignOut: 'app' }))
    const page = await browser.get(path({ id_token_hint: hint }))
    expect(await page.text()).toContain(`action="${REDIRECT_URL}"`)
  })

  it('is the same if the session was ended before', async () => {
    const { browser, hint, path, session } = await openStage({
      connection: { logoutRedirectURL: REDIRECT_URL },
    })
    const { sid } = await session()
    await db
      .update(sessions)
      .set({ endedAt: Date.now(), endedBecause: 'revoked' })
      .where(eq(sessions.sid, sid))
    const page = await browser.get(path({ id_token_hint: hint, post_logout_redirect_uri: BYE }))
    expect(await page.text()).toContain(`action="${REDIRECT_URL}"`)
    expect((await session()).endedBecause).toBe('revoked')
  })

  it('and costs four questions to the database at most', async () => {
    const { browser, hint, path } = await openStage()
    const { binding, cost } = countD1(env.DB)
    // What comes after the response is not counted.
    const context = createExecutionContext()
    const measured = openBrowser({ ...env, DB: binding }, { context })
    measured.cookies.set('__Host-session', browser.cookies.get('__Host-session')!)
    await measured.get(path({ id_token_hint: hint, post_logout_redirect_uri: BYE }))
    const { trips, rowsRead } = cost
    await waitOnExecutionContext(context)
    expect(trips).toBeLessThanOrEqual(4)
    expect(rowsRead).toBeLessThanOrEqual(30)
  })
})

describe('a logout without a proof', () => {
  const askedOf = async ({ browser, email }: Stage, path: string) => {
    const response = await browser.get(path)
    const page = await response.text()
    expect(page).toContain(`You are signed in as ${email}.`)
    return { page, policy: response.headers.get('content-security-policy')! }
  }

  it.each([
    ['there is no parameter', {}],
    ['there is a URI alone', { post_logout_redirect_uri: BYE }],
    ['there is a state alone', { state: 'x' }],
    ['a name is given', { logout_hint: EMAIL }],
  ])('we ask, and lead nowhere: %s', async (_, parameters) => {
    const stage = await openStage()
    const { browser, path, isOut } = stage
    const { page } = await askedOf(stage, path(parameters))
    expect(page).not.toContain(BYE)
    expect(await isOut()).toBe(false)
    const confirmed = await browser.post('/oauth2/logout/confirmed')
    expect(await confirmed.text()).toContain('You are signed out')
    expect(await isOut()).toBe(true)
  })

  it('asks for confirmation, names the app and leads back to it', async () => {
    const stage = await openStage()
    const { app, browser, path, isOut } = stage
    const parameters = { client_id: app.client.sid, post_logout_redirect_uri: BYE, state: '"x"' }
    const { page, policy } = await askedOf(stage, path(parameters))
    expect(page).toContain('Invoices asks to sign you out.')
    expect(page).toContain('<input type="hidden" name="state" value="&quot;x&quot;"/>')
    expect(policy).toContain("form-action 'self' https://app.vendor.example https:")
    expect(await isOut()).toBe(false)
    const confirmed = await browser.post('/oauth2/logout/confirmed', parameters)
    expect(confirmed.headers.get('location')).toBe(`${BYE}?state=%22x%22`)
    expect(await isOut()).toBe(true)
  })

  it('asks for confirmation if the ID token is another user’s', async () => {
    const stage = await openStage()
    const { world, path, isOut } = stage
    const app = await openApp({ postLogoutRedirectURIs: [BYE] })
    const { tokens } = await signInWith(app, world)
    await askedOf(stage, path({ id_token_hint: tokens.id_token!, post_logout_redirect_uri: BYE }))
    expect(await isOut()).toBe(false)
  })

  it('another site cannot answer for the person', async () => {
    const { browser, isOut } = await openStage()
    const cookie = `__Host-session=${browser.cookies.get('__Host-session')}`
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const response = await browser.send('/oauth2/logout/confirmed', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie,
          ...(origin !== undefined && { origin }),
        },
      })
      expect(response.status).toBe(403)
    }
    expect(await isOut()).toBe(false)
  })

  it('asks nothing without a session', async () => {
    const page = await openBrowser().get('/oauth2/logout')
    expect(await page.text()).toContain('You are signed out')
  })
})

describe('a request that does not fit ends nothing and leads nowhere', () => {
  const rows: [
    string,
    string,
    (stage: Stage) => Promise<Record<string, string>> | Record<string, string>,
  ][] = [
    [
      'post_logout_redirect_uri',
      'not registered',
      ({ hint }) => ({ id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example/' }),
    ],
    [
      'post_logout_redirect_uri',
      'with a query added',
      ({ hint }) => ({ id_token_hint: hint, post_logout_redirect_uri: `${BYE}?x=1` }),
    ],
    [
      'post_logout_redirect_uri',
      'with a slash added',
      ({ hint }) => ({ id_token_hint: hint, post_logout_redirect_uri: `${BYE}/` }),
    ],
    [
      'post_logout_redirect_uri',
      'in another case',
      ({ hint }) => ({ id_token_hint: hint, post_logout_redirect_uri: BYE.replace('app', 'APP') }),
    ],
    [
      'post_logout_redirect_uri',
      'a redirect URI of logins',
      ({ hint, app }) => ({
        id_token_hint: hint,
        post_logout_redirect_uri: app.client.redirectURIs[0]!,
      }),
    ],
    [
      'post_logout_redirect_uri',
      'of another client',
      async ({ app }) => {
        await openApp({ postLogoutRedirectURIs: ['https://other.vendor.example/bye'] })
        return {
          client_id: app.client.sid,
          post_logout_redirect_uri: 'https://other.vendor.example/bye',
        }
      },
    ],
    [
      'id_token_hint',
      'garbage',
      () => ({ id_token_hint: 'not.a.jwt', post_logout_redirect_uri: BYE }),
    ],
    [
      'id_token_hint',
      'changed',
      ({ hint }) => {
        const [header, payload, signature] = hint.split('.')
        const claims = {
          ...JSON.parse(atob(payload!.replaceAll('-', '+').replaceAll('_', '/'))),
          sub: 'US0',
        }
        return {
          id_token_hint: `${header}.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.${signature}`,
        }
      },
    ],
    [
      'id_token_hint',
      'without a signature',
      ({ hint }) => {
        const header = btoa('{"alg":"none","typ":"JWT"}').replaceAll('=', '')
        return { id_token_hint: `${header}.${hint.split('.')[1]}.` }
      },
    ],
    [
      'id_token_hint',
      'of another issuer',
      async ({ app, session }) => {
        const { sid, userSid } = await session()
        const signer = await openSigner(db, config.keySecrets, Date.now())
        const claims = { iss: 'https://other.example', aud: app.client.sid, sub: userSid, sid }
        return { id_token_hint: await signer.sign(claims, { typ: 'JWT', algorithm: 'RS256' }) }
      },
    ],
    [
      'id_token_hint',
      'a logout token',
      async ({ app, session }) => {
        const { sid, userSid } = await session()
        const signer = await openSigner(db, config.keySecrets, Date.now())
        const claims = { iss: ORIGIN, aud: app.client.sid, sub: userSid, sid }
        return {
          id_token_hint: await signer.sign(claims, { typ: 'logout+jwt', algorithm: 'RS256' }),
        }
      },
    ],
    [
      'id_token_hint',
      'given to another client',
      async ({ hint }) => ({ id_token_hint: hint, client_id: (await openApp()).client.sid }),
    ],
    [
      'id_token_hint',
      'longer than any of ours',
      ({ hint }) => ({ id_token_hint: hint + 'A'.repeat(8192) }),
    ],
    [
      'client_unknown',
      'nobody',
      () => ({ client_id: 'CL0123456789abcdef0123456789abcdef', post_logout_redirect_uri: BYE }),
    ],
    ['client_unknown', 'no SID', () => ({ client_id: 'app', post_logout_redirect_uri: BYE })],
    [
      'client_unknown',
      'disabled',
      async ({ app, hint }) => {
        await db.update(clients).set({ disabledAt: 1 }).where(eq(clients.sid, app.client.sid))
        return { id_token_hint: hint, post_logout_redirect_uri: BYE }
      },
    ],
  ]

  it.each(rows)('%s: %s', async (code, _, parametersOf) => {
    const stage = await openStage()
    const { browser, path, isOut } = stage
    const parameters = await parametersOf(stage)
    for (const response of [
      await browser.get(path(parameters)),
      await browser.post('/oauth2/logout/confirmed', parameters),
    ]) {
      expect(response.status).toBe(400)
      expect(response.headers.get('location')).toBeNull()
      const page = await response.text()
      expect(page).toContain(
        {
          post_logout_redirect_uri: 'post_logout_redirect_uri must be one of the client’s',
          id_token_hint: 'id_token_hint must be an ID token that this client',
          client_unknown: 'client_id must be the SID of a registered client',
        }[code],
      )
      // But the person can.
      expect(page).toContain('<form method="post" action="/logout">')
    }
    expect(await isOut()).toBe(false)
  })

  it('parameters that come twice are none', async () => {
    const { browser, hint, isOut } = await openStage()
    const uri = `post_logout_redirect_uri=${encodeURIComponent(BYE)}`
    for (const query of [
      `id_token_hint=${hint}&id_token_hint=${hint}`,
      `id_token_hint=${hint}&${uri}&${uri}`,
    ])
      expect((await browser.get(`/oauth2/logout?${query}`)).status).toBe(400)
    expect(await isOut()).toBe(false)
    const twice = `id_token_hint=${hint}&${uri}&state=1&state=2`
    expect((await browser.get(`/oauth2/logout?${twice}`)).headers.get('location')).toBe(BYE)
  })
})
