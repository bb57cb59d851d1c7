// Asking the front door who exists, in a domain whose newcomers have SSO alone: everybody gets the
// same bytes, for the same rows of the database.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { breakGlass, connections, domains } from '../../src/platform/db/schema.ts'
import type { Env } from '../../src/env.ts'
import { openApp, type App } from '../oidc/relying-party.ts'
import { ORIGIN } from '../support/browser.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { askApp } from '../support/ask-app.ts'
import { countD1 } from '../support/wrap-d1.ts'

const app = createApp()
const PASSWORD_LOGIN_URL = 'https://app.vendor.example/password'

describe('front-door-oracle', () => {
  let world: World
  let client: App
  const people: Record<string, string> = {}
  beforeAll(async () => {
    client = await openApp()
    const other = await createWorld()
    world = await createWorld()
    const { tenantSid, connectionSid } = world
    const add = async (who: string, more = {}, at = world) => {
      people[who] = `${who.replaceAll(' ', '-')}@tenant.example`
      return at.addUser(people[who], more)
    }
    await add('enforced', { signInMethod: 'sso_enforced' })
    await add('enabled')
    await add('password', { signInMethod: 'password' })
    await add('suspended', { suspendedAt: 1, signInMethod: 'sso_enforced' })
    await add('suspended password', { suspendedAt: 1, signInMethod: 'password' })
    await add('password elsewhere', { signInMethod: 'password' }, other)
    people.nobody = 'nobody@tenant.example'
    people['nobody in capitals'] = 'NOBODY@Tenant.EXAMPLE'
    // So that there is somebody behind each of them in order.
    await world.addUser('zoe@tenant.example', { signInMethod: 'password' })
    await db.delete(domains).where(eq(domains.domain, 'tenant.example'))
    await db.insert(domains).values({
      tenantSid,
      domain: 'tenant.example',
      token: 'x',
      connectionSid,
      createdBy: 'operator olga',
      createdAt: 1,
      verifiedAt: 1,
    })
    const owner = await add('owner', { signInMethod: 'sso_enforced' })
    await db.insert(breakGlass).values({
      tenantSid,
      userSid: owner,
      reason: 'owner',
      createdBy: 'test',
      createdAt: 1,
      expiresAt: Date.now() + 3600_000,
    })
  })

  const ask = async (path: string, init: RequestInit) => {
    const { binding: DB, cost } = countD1(env.DB)
    const environment = { ...env, DB, PASSWORD_LOGIN_URL } as unknown as Env
    const response = await askApp(app, `${ORIGIN}${path}`, init, environment)
    return { response, trips: cost.trips, rowsRead: cost.rowsRead }
  }

  /** What a stranger sees, without what is random or the question itself. */
  const seen = async (email: string, path: string, init: RequestInit) => {
    const { response, ...cost } = await ask(path, init)
    const blind = (text: string) =>
      text
        .replaceAll(/nonce="[^"]+"|'nonce-[^']+'|__Host-[^;]+/g, '')
        .replaceAll(new RegExp(`(SAMLRequest|RelayState|Signature)=[^&]*`, 'g'), '$1')
        .replaceAll(new RegExp(encodeURIComponent(email), 'gi'), 'EMAIL')
        .replaceAll(new RegExp(email, 'gi'), 'EMAIL')
    return {
      status: response.status,
      headers: [...response.headers].map(([name, value]) => `${name}: ${blind(value)}`).toSorted(),
      page: blind(await response.text()),
      ...cost,
    }
  }

  const postForm = (email: string, more: Record<string, string> = {}) =>
    seen(email, '/login', {
      method: 'POST',
      body: new URLSearchParams({ email, ...more }),
      headers: { origin: ORIGIN, 'cf-connecting-ip': crypto.randomUUID() },
    })

  const everyWay = (newcomers: (typeof connections.$inferSelect)['newcomers']) =>
    db.update(connections).set({ newcomers }).where(eq(connections.sid, world.connectionSid))

  const ALIKE = [
    'enforced',
    'nobody',
    'nobody in capitals',
    'password',
    'suspended',
    'suspended password',
    'password elsewhere',
    'enabled',
  ]

  describe.each(['sso_enforced', 'sso_enforced_after_login'] as const)('%s', (newcomers) => {
    it('by the form', async () => {
      await everyWay(newcomers)
      const first = await postForm(people.enforced!)
      expect(first.status).toBe(303)
      expect(first.headers).toContain(`location: /sso/${world.connectionSid}?login_hint=EMAIL`)
      for (const who of ALIKE) expect(await postForm(people[who]!), who).toEqual(first)
      // The exemption is a row more.
      expect(await postForm(people.owner!)).toEqual({ ...first, rowsRead: first.rowsRead + 1 })
    })

    it('by login_hint', async () => {
      await everyWay(newcomers)
      const hinted = async (email: string) => {
        const { path } = await client.ask({ login_hint: email, state: 'state', nonce: 'nonce' })
        const init = { headers: { 'cf-connecting-ip': crypto.randomUUID() } }
        return seen(email, path, init)
      }
      const first = await hinted(people.enforced!)
      expect(first.status).toBe(302)
      expect(first.headers.join('\n')).toContain('https://idp.tenant.example/sso?SAMLRequest')
      for (const who of ALIKE) expect(await hinted(people[who]!), who).toEqual(first)
    })
  })

  it('sso_enabled: one who does not exist is offered the choice of those who do', async () => {
    await everyWay('sso_enabled')
    const first = await postForm(people.enabled!)
    expect(first.status).toBe(200)
    expect(first.page).toContain('How would you like to sign in?')
    for (const who of ALIKE.slice(1)) expect(await postForm(people[who]!), who).toEqual(first)
    expect((await postForm(people.enforced!)).status).toBe(303)
  })

  it('the way to a password asks nothing about the person', async () => {
    await everyWay('sso_enforced')
    const first = await postForm(people.enforced!, { way: 'password' })
    expect(first).toMatchObject({ status: 303, trips: 0, rowsRead: 0 })
    expect(first.headers).toContain(`location: ${PASSWORD_LOGIN_URL}?login_hint=EMAIL`)
    for (const who of ALIKE)
      expect(await postForm(people[who]!, { way: 'password' }), who).toEqual(first)
  })

  it('without such newcomers, who has a password looks like nobody, as before', async () => {
    await everyWay('password')
    const first = { ...(await postForm(people.nobody!)), rowsRead: 0 }
    expect(first.headers).toContain(`location: ${PASSWORD_LOGIN_URL}?login_hint=EMAIL`)
    for (const who of ['password', 'suspended', 'suspended password', 'password elsewhere']) {
      const answer = { ...(await postForm(people[who]!)), rowsRead: 0 }
      expect(answer, who).toEqual(first)
    }
  })
})
