// Operators sign in by the vendor's own IdP: who gets in, in which browser, and who does not.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createSignInLink,
  editOperator,
  removeOperator,
  signIn,
} from '../../src/access/operations.ts'
import { DEPLOYMENT } from '../../src/events/actor.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { createConnection, editConnection } from '../../src/connections/operations.ts'
import { createTenant } from '../../src/directory/operations.ts'
import { actorOfOperator } from '../../src/access/operator-actor.ts'
import { signOff } from '../../src/rollout/validation/sign-off-operations.ts'
import { createScimToken } from '../../src/scim/token-operations.ts'
import { OPERATORS_TENANT } from '../../src/operators-tenant.ts'
import { connections, signInLinks, tenants } from '../../src/platform/db/schema.ts'
import { openBrowser } from '../support/browser.ts'
import { landedAt } from '../support/landed-at.ts'
import { addOperatorRow, findOperatorRow } from '../support/operators.ts'
import { createOwnIdp } from '../support/own-idp.ts'
import { codeOf, good, request } from '../support/request.ts'
import { as, attemptCode, clearDatabase, createWorld, db, type World } from '../support/world.ts'

beforeEach(clearDatabase)

const CONSOLE = '__Host-console'

/** The cookie of the console, if the login has opened it. */
async function enter(world: World, email: string, answer = {}, browser = openBrowser()) {
  const { arrived, finished } = await world.login(email, answer, browser)
  return { browser, arrived, finished, isIn: browser.cookies.has(CONSOLE) }
}

describe('a login through the operators’ own tenant', () => {
  it('opens the console at the page that was asked for, and says how', async () => {
    const world = await createOwnIdp()
    const olga = await addOperatorRow('support', 'Olga Own')
    const browser = openBrowser()
    const asked = await browser.get('/console/tenants?search=acme')
    expect(asked.headers.get('location')).toBe('/console/sign-in')
    const page = await (await browser.get('/console/sign-in')).text()
    expect(page).toContain('Sign in with Tenant IdP')
    const query = /href="\/sso\/CN[0-9a-f]{32}(\?[^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&')
    const { requestID, relayState } = await world.begin(browser, query)
    const message = await world.idp(requestID).respond(as(olga.email.toUpperCase()))
    const arrived = await world.deliver(browser, message, relayState)
    expect(arrived.headers.get('location')).toMatch(/^\/console\/sign-in\/finish\?code=/)
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(landedAt(finished)).toBe('/console/tenants?search=acme (signed_in)')
    expect(await (await browser.get('/console')).text()).toContain('Olga Own')
    // Nobody has become a user, and no app is signed in.
    expect((await world.rows()).sessions).toEqual([])
    expect(browser.cookies.has('__Host-session')).toBe(false)
    expect((await findOperatorRow(olga.sid))?.emailVerifiedAt).toEqual(expect.any(Number))
    const rows = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.type, 'operator.signed_in'))
    expect(rows.map(({ actorId, after }) => [actorId, after])).toEqual([
      [olga.sid, { way: 'own_idp' }],
    ])
  })

  it('leads to the console whatever it was begun for', async () => {
    const world = await createOwnIdp()
    const olga = await addOperatorRow('admin')
    for (const target of ['/', '/oauth2/authorize?x=1', '/setup', '/console/sign-in/finish']) {
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(
        browser,
        `?${new URLSearchParams({ return_to: target })}`,
      )
      const message = await world.idp(requestID).respond(as(olga.email))
      const arrived = await world.deliver(browser, message, relayState)
      const finished = await browser.get(arrived.headers.get('location')!)
      expect(landedAt(finished)).toBe('/console (signed_in)')
    }
  })

  it('admin_unknown: opens nothing without an account, or with a removed one', async () => {
    const world = await createOwnIdp()
    const olga = await addOperatorRow('owner')
    await addOperatorRow('owner')
    good(await removeOperator(request(DEPLOYMENT), olga.sid))
    // A user of that address is no operator either.
    await world.addUser('user@vendor.example', { tenantSid: OPERATORS_TENANT })
    for (const email of [olga.email, 'stranger@vendor.example', 'user@vendor.example']) {
      const { isIn, arrived } = await enter(world, email)
      expect([isIn, arrived.status]).toEqual([false, 403])
      expect(await attemptCode(arrived)).toBe('admin_unknown')
      expect(await arrived.text()).toContain('You have no account here yet')
    }
  })

  it('takes no role from the IdP', async () => {
    const world = await createOwnIdp()
    const olga = await addOperatorRow('read-only')
    const attributes = { ...as(olga.email).attributes, role: 'owner', groups: 'owner' }
    const { browser, isIn } = await enter(world, olga.email, { attributes })
    expect(isIn).toBe(true)
    expect((await browser.get('/console/apps/new')).status).toBe(403)
  })

  it('browser_mismatch: ends only in the browser that began it', async () => {
    const world = await createOwnIdp()
    const olga = await addOperatorRow('owner')
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world.idp(requestID).respond(as(olga.email))
    const arrived = await world.deliver(browser, message, relayState)
    const finish = arrived.headers.get('location')!
    const thief = openBrowser()
    await world.begin(thief)
    const code = new URL(finish, 'https://x').searchParams.get('code')!
    const ways = [
      await thief.get(finish),
      await thief.get(`/login/finish?code=${code}`),
      await thief.post('/console/sign-in', { link: code }),
      await thief.get(`/console/sign-in?link=${code}`),
    ]
    for (const answer of ways) expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(thief.cookies.has(CONSOLE)).toBe(false)
    expect((await browser.get(finish)).status).toBe(303)
    // It works once.
    expect((await browser.get(finish)).status).toBe(400)
  })

  it('is refused at the IdP’s first word, replayed, or with a connection that has changed', async () => {
    const world = await createOwnIdp({ idpInitiated: 'accept' })
    const olga = await addOperatorRow('owner')
    const unasked = await world.idp(null).respond(as(olga.email))
    const begun = await world.deliver(openBrowser(), unasked)
    expect(await attemptCode(begun)).toBe('idp_initiated_refused')

    const first = await enter(world, olga.email)
    const { requestID, relayState } = await world.begin(openBrowser())
    const message = await world.idp(requestID).respond(as(olga.email))
    expect((await world.deliver(openBrowser(), message, relayState)).status).toBe(303)
    const again = await world.deliver(openBrowser(), message, relayState)
    expect(await attemptCode(again)).toBe('replayed')
    expect(first.isIn).toBe(true)

    for (const change of [{ state: 'testing' }, { revision: 7 }, { state: 'suspended' }] as const) {
      const browser = openBrowser()
      const departure = await world.begin(browser)
      const answer = await world.idp(departure.requestID).respond(as(olga.email))
      const arrived = await world.deliver(browser, answer, departure.relayState)
      const isIt = eq(connections.sid, world.connectionSid)
      await db.update(connections).set(change).where(isIt)
      const finished = await browser.get(arrived.headers.get('location')!)
      expect([change, finished.status]).toEqual([change, 400])
      expect(browser.cookies.has(CONSOLE)).toBe(false)
      await db.update(connections).set({ state: 'live', revision: 1 }).where(isIt)
    }
  })

  it('connection_not_ready: begins only through a connection that both sides passed', async () => {
    const world = await createOwnIdp({ state: 'testing' })
    await addOperatorRow('owner')
    const refused = await openBrowser().get(`/sso/${world.connectionSid}`)
    expect(refused.status).toBe(403)
    expect(await (await openBrowser().get('/console/sign-in')).text()).not.toContain('/sso/')
    await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, OPERATORS_TENANT))
    await db.update(connections).set({ state: 'live' })
    expect(await (await openBrowser().get('/console/sign-in')).text()).not.toContain('/sso/')
  })

  it('admin_name_id: a colleague cannot come with another’s e-mail; a link releases it', async () => {
    const world = await createOwnIdp()
    const olga = await addOperatorRow('owner')
    const named = (nameID: string) => enter(world, olga.email, { nameID })
    expect((await named('olga-1')).isIn).toBe(true)
    const colleague = await named('ben-2')
    expect(colleague.isIn).toBe(false)
    expect(await attemptCode(colleague.arrived)).toBe('admin_name_id')
    expect((await named('olga-1')).isIn).toBe(true)
    const link = good(await createSignInLink(request(DEPLOYMENT), { email: olga.email }))
    good(await signIn({ db, now: Date.now() }, link.secret))
    expect((await named('ben-2')).isIn).toBe(true)
  })
})

describe('a connection of another tenant', () => {
  it('never opens the console, whatever e-mail its IdP asserts', async () => {
    await createOwnIdp()
    const world = await createWorld()
    const olga = await addOperatorRow('owner')
    await world.addUser(olga.email)
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser, '?return_to=/console/operators')
    const message = await world.idp(requestID).respond(as(olga.email))
    const arrived = await world.deliver(browser, message, relayState)
    const code = new URL(arrived.headers.get('location')!, 'https://x').searchParams.get('code')!
    expect((await browser.get(`/console/sign-in/finish?code=${code}`)).status).toBe(403)
    await browser.get(arrived.headers.get('location')!)
    expect(browser.cookies.has('__Host-session')).toBe(true)
    const page = await browser.get('/console/operators')
    expect(page.headers.get('location')).toBe('/console/sign-in')
    expect(await db.select().from(signInLinks)).toEqual([])
  })

  it('does not take the message of the operators’ IdP, nor the other way round', async () => {
    const own = await createOwnIdp()
    const other = await createWorld()
    const olga = await addOperatorRow('owner')
    for (const [from, to] of [
      [own, other],
      [other, own],
    ] as const) {
      const browser = openBrowser()
      const { requestID, relayState } = await from.begin(browser)
      const message = await from.idp(requestID).respond(as(olga.email))
      const refused = await to.deliver(browser, message, relayState)
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(browser.cookies.has(CONSOLE)).toBe(false)
    }
    expect(await db.select().from(signInLinks)).toEqual([])
  })
})

describe('the tenant', () => {
  it('is one, and an owner makes it', async () => {
    const input = { name: 'Operators', forOperators: true }
    const admin = request(actorOfOperator(await addOperatorRow('admin')))
    expect(codeOf(await createTenant(admin, input))).toEqual(['forbidden'])
    const owner = request(actorOfOperator(await addOperatorRow('owner')))
    expect(good(await createTenant(owner, input)).sid).toBe(OPERATORS_TENANT)
    expect(codeOf(await createTenant(owner, input))).toEqual(['already_there', 'forOperators'])
  })

  it('operators_tenant: no provisioning, no logins from the IdP, no users by login', async () => {
    good(await createTenant(request(), { name: 'Operators', forOperators: true }))
    const made = good(await createConnection(request(), OPERATORS_TENANT, { name: 'Okta' }))
    expect(made.idpInitiated).toBe('refuse')
    const token = { name: 'Okta', expiresInDays: 1 }
    expect(codeOf(await createScimToken(request(), made.sid, token))).toEqual(['operators_tenant'])
    for (const fields of [
      { idpInitiated: 'accept' },
      { newcomers: 'sso_enabled' },
      { newcomersPerHour: 5 },
    ] as const) {
      const edited = await editConnection(request(), made.sid, { fields })
      expect(codeOf(edited)).toEqual(['operators_tenant', Object.keys(fields)[0]])
    }
  })

  it('is validated by a test of an operator, and one sign-off of an owner', async () => {
    const world = await createOwnIdp({ state: 'testing' })
    const olga = await addOperatorRow('owner')
    const owner = request(actorOfOperator(olga))
    const pass = { revision: 1, verdict: 'pass', name: 'Olga' } as const
    expect(codeOf(await signOff(owner, world.connectionSid, pass))).toEqual(['not_tested'])
    const test = async (email: string) => {
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(browser, '?test')
      const message = await world.idp(requestID).respond(as(email))
      return browser.get(
        (await world.deliver(browser, message, relayState)).headers.get('location')!,
      )
    }
    expect(await (await test('nobody@vendor.example')).text()).toContain(
      'Nobody who administers has that e-mail',
    )
    expect(codeOf(await signOff(owner, world.connectionSid, pass))).toEqual(['not_tested'])
    expect(await (await test(olga.email)).text()).toContain('works')
    expect(good(await signOff(owner, world.connectionSid, pass)).state).toBe('validated')
    // A test opens nothing.
    expect(await db.select().from(signInLinks)).toEqual([])
  })

  it('own_idp_missing: nobody is left with an IdP that does not open the console', async () => {
    await addOperatorRow('owner')
    const ben = await addOperatorRow('admin')
    const edit = () => editOperator(request(DEPLOYMENT), ben.sid, { signsInBy: 'own_idp' })
    expect(codeOf(await edit())).toEqual(['own_idp_missing'])
    await createOwnIdp()
    expect(good(await edit()).signsInBy).toBe('own_idp')
  })
})
