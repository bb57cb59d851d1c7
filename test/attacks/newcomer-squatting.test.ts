// An IdP that creates people: addresses that are not its own, or that are somebody's already, many
// at once, and by a test sign-in.
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDomain } from '../../src/directory/domains/operations.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { aliases, connections, domains, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { addConnection } from '../scim/service.ts'
import { openBrowser } from '../support/browser.ts'
import type { Answer } from '../support/fake-idp.ts'
import { leadNewcomers } from '../support/newcomers.ts'
import { codeOf, request } from '../support/request.ts'
import { as, attemptCode, createWorld, db, type World } from '../support/world.ts'

describe('newcomer-squatting', () => {
  let world: World
  let other: World
  beforeEach(async () => {
    world = await createWorld()
    other = await createWorld()
    await leadNewcomers(world)
    await leadNewcomers(other, { domain: 'other.example' })
  })
  afterEach(() => vi.useRealTimers())

  const people = () => db.select({ sid: users.sid }).from(users)

  /** Whoever is there stays, nobody comes. */
  async function refused(code: ErrorCode, email: string, answer: Partial<Answer> = {}) {
    const before = await people()
    const { arrived } = await world.login(email, answer)
    expect(arrived.status).toBe(403)
    expect(await attemptCode(arrived)).toBe(code)
    expect(await people()).toEqual(before)
    const { loginCodes } = await world.rows()
    expect(loginCodes.filter(({ spentBy }) => spentBy === null)).toEqual([])
  }

  it('the one address that is its own is created', async () => {
    const { finished } = await world.login('new@tenant.example')
    expect(finished?.status).toBe(302)
  })

  it('an address of another tenant’s domain', async () => {
    await refused('user_unknown', 'new@other.example')
    await refused('user_unknown', 'new@OTHER.example')
  })

  it('an address of a shared domain, which nobody can claim', async () => {
    const claimed = await createDomain(request(), world.tenantSid, { domain: 'gmail.com' })
    expect(codeOf(claimed)).toEqual(['domain_shared', 'domain'])
    await refused('user_unknown', 'new@gmail.com')
  })

  it('an address of a domain that is claimed and not verified, or leads elsewhere', async () => {
    await leadNewcomers(world, { domain: 'claimed.example', verifiedAt: null })
    await refused('user_unknown', 'new@claimed.example')
    const connectionSid = await addConnection(world.tenantSid)
    await db
      .update(connections)
      .set({ newcomers: 'sso_enforced', newcomersPerHour: 10 })
      .where(eq(connections.sid, connectionSid))
    await db.update(domains).set({ connectionSid }).where(eq(domains.domain, 'tenant.example'))
    await refused('user_unknown', 'new@tenant.example')
    await db
      .update(domains)
      .set({ connectionSid: null })
      .where(eq(domains.domain, 'tenant.example'))
    await refused('user_unknown', 'new@tenant.example')
  })

  it.each(['new@x.tenant.example', 'new@tenant.example.evil.example', 'new@xtenant.example'])(
    'an address like its own: %s',
    (email) => refused('user_unknown', email),
  )

  it.each([
    ['a Cyrillic letter', 'bоb@tenant.example'],
    ['a dotless i', 'new@tenant.examplе'],
    ['fullwidth letters', 'ｂob@tenant.example'],
    ['a line end', 'bob@tenant.example\u0085'],
    ['two at signs', 'a@b@tenant.example'],
    ['a quoted local part', '"bob"@tenant.example'],
  ])('another spelling: %s', async (_, email) => {
    await world.addUser('bob@tenant.example', { signInMethod: 'password' })
    await refused('email', email)
  })

  it('an address of somebody with a password, in any letters', async () => {
    await world.addUser('bob@tenant.example', { signInMethod: 'password' })
    for (const email of ['bob@tenant.example', 'BOB@tenant.example', 'bob@TENANT.example'])
      await refused('user_not_enabled', email)
  })

  it('an address in its domain of a user of another tenant', async () => {
    await other.addUser('bob@tenant.example', { signInMethod: 'password' })
    await refused('user_unknown', 'bob@tenant.example')
    await refused('user_unknown', 'Bob@Tenant.example')
  })

  it('an address of somebody who is suspended', async () => {
    await world.addUser('gone@tenant.example', { suspendedAt: 1 })
    await refused('user_suspended', 'gone@tenant.example')
  })

  it('somebody’s alias, at whatever connection', async () => {
    const userSid = await other.addUser('bob@other.example')
    const { connectionSid } = other
    const emailKey = 'alias@tenant.example'
    await db
      .insert(aliases)
      .values({ connectionSid, emailKey, userSid, createdBy: 'x', createdAt: 1 })
    await refused('user_unknown', emailKey)
    await refused('user_unknown', emailKey.toUpperCase())
  })

  it('a NameID that is somebody’s, with a new address', async () => {
    await world.addUser('bob@tenant.example')
    await world.login('bob@tenant.example', { nameID: 'bob-1' })
    await refused('user_unknown', 'new@tenant.example', { nameID: 'bob-1' })
    await refused('user_unknown', 'new@tenant.example', { nameID: 'bob@tenant.example' })
    await refused('user_unknown', 'new@tenant.example', { nameID: 'BOB@tenant.example' })
  })

  it('one of several addresses', async () => {
    const emails = ['new@tenant.example', 'boss@tenant.example']
    const attributes = { email: emails, firstName: 'N', lastName: 'N' }
    await refused('email_ambiguous', emails[0]!, { nameID: 'new-1', attributes })
  })

  it('a test sign-in creates nobody', async () => {
    const before = await people()
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser, '?test')
    const message = await world.idp(requestID).respond(as('new@tenant.example'))
    const arrived = await world.deliver(browser, message, relayState)
    expect(arrived.headers.get('location')).toContain('/login/tested')
    expect((await world.rows()).attempts).toMatchObject([{ code: 'user_unknown', isTest: true }])
    expect(await people()).toEqual(before)
  })

  const limitEvents = () =>
    db
      .select({
        after: recordedEvents.after,
        actor: recordedEvents.actor,
        type: recordedEvents.type,
      })
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, world.connectionSid))

  it('a flood: as many as may come within an hour, then one event an hour', async () => {
    const startOfHour = Math.ceil(Date.now() / 3_600_000) * 3_600_000
    vi.useFakeTimers({ toFake: ['Date'], now: startOfHour })
    await leadNewcomers(world, { newcomersPerHour: 2 })
    const codes = async (...names: string[]) => {
      const all = []
      for (const name of names) {
        const { arrived } = await world.login(`${name}@tenant.example`)
        all.push(arrived.status === 303 ? null : await attemptCode(arrived))
      }
      return all
    }
    const event = {
      actor: 'login Tenant IdP',
      type: 'connection.newcomer_limit_reached',
      after: { newcomersPerHour: 2 },
    }
    expect(await codes('a', 'b')).toEqual([null, null])
    expect(await limitEvents()).toEqual([])
    expect(await codes('c', 'd', 'a')).toEqual(['newcomer_limit', 'newcomer_limit', null])
    expect(await limitEvents()).toEqual([event])
    vi.setSystemTime(startOfHour + 3_599_999)
    expect(await codes('e')).toEqual(['newcomer_limit'])
    expect(await limitEvents()).toEqual([event])
    vi.setSystemTime(startOfHour + 3_600_000)
    expect(await codes('c', 'd', 'e')).toEqual([null, null, 'newcomer_limit'])
    expect(await limitEvents()).toEqual([event, event])
  })

  it('a flood at once: exactly as many', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await leadNewcomers(world, { newcomersPerHour: 3 })
    const names = Array.from({ length: 8 }, (_, n) => `p${n}@tenant.example`)
    const arrived = await Promise.all(names.map((name) => world.login(name)))
    expect(arrived.filter(({ finished }) => finished?.status === 302)).toHaveLength(3)
    const created = await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))
    expect(created).toHaveLength(3)
    expect(await limitEvents()).toHaveLength(1)
  })

  it('one person twice at once is one user, signed in twice', async () => {
    const both = await Promise.all([
      world.login('new@tenant.example'),
      world.login('new@tenant.example'),
    ])
    expect(both.map(({ finished }) => finished?.status)).toEqual([302, 302])
    const created = await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))
    expect(created).toHaveLength(1)
  })
})
