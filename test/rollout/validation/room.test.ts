// The room: the same page for both sides, in two round trips, and a cheap way to know that it has
// changed.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { editConnection } from '../../../src/connections/operations.ts'
import { attempts } from '../../../src/platform/db/history-schema.ts'
import { connections, rollouts } from '../../../src/platform/db/schema.ts'
import { signOff } from '../../../src/rollout/validation/sign-off-operations.ts'
import { getRoom, roomVersion, type Room } from '../../../src/rollout/validation/room-operations.ts'
import {
  nominateTesters,
  withdrawTester,
} from '../../../src/rollout/validation/tester-operations.ts'
import { createSid } from '../../../src/ids.ts'
import { addAttempt } from '../../support/attempts.ts'
import { openBrowser } from '../../support/browser.ts'
import { countingDatabase } from '../../support/counting.ts'
import type { Answer } from '../../support/fake-idp.ts'
import { codeOf, good, request } from '../../support/request.ts'
import { as, createWorld, db, history, type World } from '../../support/world.ts'
import { customerOf } from './people.ts'

const ALICE = 'alice@tenant.example'

async function createTestingWorld(connection: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld({
    ...connection,
    connection: { state: 'testing', ...connection.connection },
  })
  const alice = await world.addUser(ALICE, { signInMethod: 'password' })
  return { world, alice }
}

async function test(world: World, answer: Partial<Answer> = {}) {
  const browser = openBrowser()
  const departure = await world.begin(browser, '?test')
  const message = await world.idp(departure.requestID).respond({ ...as(ALICE), ...answer })
  await world.deliver(browser, message, departure.relayState)
}

async function roomOf(world: World, actor?: Parameters<typeof request>[0]): Promise<Room> {
  return good(await getRoom(request(actor), world.connectionSid))
}

function stepsOf({ steps }: Room) {
  return Object.fromEntries(steps.map(({ id, state }) => [id, state]))
}

describe('the attempts', () => {
  it('come with checks, remedies in the preset’s words, certificate and redacted message', async () => {
    const { world } = await createTestingWorld({
      connection: { preset: 'okta', state: 'testing' },
    })
    good(await nominateTesters(request(), world.connectionSid, [ALICE]))
    await test(world)
    await test(world, { audiences: [['https://other.example']] })
    const { attempts: shown, preset } = await roomOf(world)
    expect(preset.name).toBe('Okta')
    const [failed, passed] = shown!
    expect(passed).toMatchObject({
      code: null,
      title: null,
      isTest: true,
      isCurrent: true,
      user: { email: ALICE },
      certificate: { subject: expect.stringContaining('CN='), notAfter: expect.any(Number) },
    })
    expect(failed).toMatchObject({
      code: 'audience',
      title: 'The Assertion is for another service',
      remedy: 'Copy our Entity ID into Audience URI (SP Entity ID).',
    })
    const audience = failed!.checks.find(({ code }) => code === 'audience')!
    expect(audience).toMatchObject({
      ok: false,
      received: 'https://other.example',
      remedy: failed!.remedy,
    })
    expect(failed!.checks.find(({ code }) => code === 'recipient')).toMatchObject({
      ok: true,
      title: null,
      remedy: null,
    })
    expect(failed!.message).toContain('https://other.example')
    // Login e-mails of the directory are shown; values that the IdP sent are not.
    expect(JSON.stringify(shown)).not.toMatch(/Ämter|&quot;Alice|>Alice</)
  })

  it('explain a status, before what is usually the matter', async () => {
    const { world } = await createTestingWorld({ connection: { preset: 'entra-id' } })
    await test(world, {
      status: ['Responder'],
      statusMessage: 'AADSTS75011: Authentication method',
      assertion: false,
      sign: [],
    })
    const [attempt] = (await roomOf(world)).attempts!
    expect(attempt!.status!.title).toBe('The user signed in by another method than we ask for')
    expect(attempt!.title).toBe(attempt!.status!.title)
    // Words of a number of the IdP's own name its screens already: what is usually the matter would
    // say another thing.
    expect(attempt!.remedy).toBe(attempt!.status!.remedy)
    const row = attempt!.checks.find(({ code }) => code === 'status')
    expect(row).toMatchObject({ title: attempt!.title, remedy: attempt!.remedy })
    expect(attempt!.certificate).toBeNull()
  })

  it('say how to mend each row that fails, in the preset’s words', async () => {
    const { world } = await createTestingWorld({ connection: { preset: 'okta' } })
    await test(world, {
      audiences: [['https://other.example']],
      issuer: 'https://else.example',
    })
    const [attempt] = (await roomOf(world)).attempts!
    const failed = attempt!.checks.filter(({ ok }) => !ok)
    expect(failed.length).toBeGreaterThan(1)
    for (const { title, remedy } of failed) {
      expect(title).toMatch(/./)
      expect(remedy).toMatch(/./)
    }
    expect(failed.at(-1)).toMatchObject({
      code: 'audience',
      remedy: 'Copy our Entity ID into Audience URI (SP Entity ID).',
    })
    for (const { ok, title, remedy } of attempt!.checks)
      if (ok) expect([title, remedy]).toEqual([null, null])
  })

  it('name a certificate that is no longer pinned by its fingerprint alone', async () => {
    const { world } = await createTestingWorld({ pinned: ['idp', 'idpNext'] })
    await test(world)
    const [{ certificate }] = (await roomOf(world)).attempts! as [
      NonNullable<Room['attempts']>[number],
    ]
    good(
      await editConnection(request(), world.connectionSid, {
        removeCertificates: [certificate!.fingerprint],
      }),
    )
    const [after] = (await roomOf(world)).attempts!
    expect(after!.certificate).toEqual({ ...certificate, subject: null, notAfter: null })
    expect(after!.isCurrent).toBe(false)
  })

  it('are the latest twenty, newest first, and of this connection', async () => {
    const { world: other } = await createTestingWorld()
    await test(other)
    const { world } = await createTestingWorld()
    for (let count = 0; count < 24; count++)
      await addAttempt({ connectionSid: world.connectionSid, createdAt: count + 1 })
    const times = (await roomOf(world)).attempts!.map(({ createdAt }) => createdAt)
    expect(times).toHaveLength(20)
    expect(times[0]).toBe(24)
    expect(times).toEqual(times.toSorted((left, right) => right - left))
  })
})

describe('the steps', () => {
  it('go from waiting to done, each with why', async () => {
    const { world } = await createTestingWorld({
      connection: { state: 'draft', entityID: '', ssoPostURL: null, ssoRedirectURL: null },
      pinned: [],
    })
    expect(stepsOf(await roomOf(world))).toEqual({
      connection: 'done',
      their_side: 'current',
      our_side: 'waiting',
      testers: 'waiting',
      validation: 'waiting',
      selection: 'waiting',
      enforcement: 'waiting',
      operation: 'waiting',
    })
    expect((await roomOf(world)).steps[1]!.why).toBe(
      'Missing: the IdP’s identifier, a signing certificate, the SSO URL.',
    )
    expect((await roomOf(world)).testPath).toBeNull()

    const { world: tested } = await createTestingWorld()
    expect(stepsOf(await roomOf(tested))).toMatchObject({ their_side: 'done', our_side: 'current' })
    good(await nominateTesters(request(), tested.connectionSid, [ALICE]))
    expect(stepsOf(await roomOf(tested))).toMatchObject({ our_side: 'current', testers: 'done' })
    // A forgery shows nothing of how the IdP is configured.
    await test(tested, { signature: { key: 'attacker' } })
    expect(stepsOf(await roomOf(tested))).toMatchObject({ our_side: 'current' })
    await test(tested)
    let room = await roomOf(tested)
    expect(stepsOf(room)).toMatchObject({ our_side: 'done', validation: 'current' })
    expect(room.steps[4]!.why).toBe('Waiting for sign-off by the vendor and the customer.')
    expect(room.testPath).toBe(`/sso/${tested.connectionSid}?test`)

    const say = (actor?: Parameters<typeof request>[0], verdict: 'pass' | 'fail' = 'pass') =>
      signOff(request(actor), tested.connectionSid, { revision: 1, verdict, name: 'Olga' })
    good(await say(undefined, 'fail'))
    expect((await roomOf(tested)).steps[4]!.why).toBe('Failed by Olga (vendor).')
    good(await say())
    expect((await roomOf(tested)).steps[4]!.why).toBe('Waiting for sign-off by the customer.')
    good(await say(customerOf(tested)))
    room = await roomOf(tested)
    expect(stepsOf(room)).toMatchObject({ validation: 'done', selection: 'current' })
    expect(room.signOffs).toMatchObject({ state: 'validated', revision: 1 })

    const rollout = {
      sid: createSid('RO'),
      tenantSid: tested.tenantSid,
      connectionSid: tested.connectionSid,
      name: 'All',
      selectors: { everybody: false, fromConnection: false, domains: [], accounts: [] },
      version: 2,
      frozen: true,
      reviewedVersion: 2,
      enabledVersion: 2,
      createdAt: 1,
      updatedAt: 1,
    }
    await db.insert(rollouts).values(rollout)
    room = await roomOf(tested)
    expect(stepsOf(room)).toMatchObject({ selection: 'done', enforcement: 'current' })
    expect(room.steps[6]!.why).toBe('Not done yet: informed, approved, enforced.')
    await db.update(rollouts).set({ enforcedVersion: 2 }).where(eq(rollouts.sid, rollout.sid))
    await db
      .update(connections)
      .set({ state: 'live' })
      .where(eq(connections.sid, tested.connectionSid))
    expect(stepsOf(await roomOf(tested))).toMatchObject({ enforcement: 'done', operation: 'done' })

    // An edit takes the words of both sides away, and says what is missing now.
    const fields = { clockSkewSeconds: 90 }
    good(await editConnection(request(), tested.connectionSid, { fields }))
    room = await roomOf(tested)
    expect(stepsOf(room)).toMatchObject({ validation: 'current' })
    expect(room.steps[4]!.why).toBe('No one has signed in with the current configuration yet.')
    expect(room.isTried).toBe(false)
  })
})

describe('both sides', () => {
  it('see the same, but for what they may do', async () => {
    const { world } = await createTestingWorld()
    good(await nominateTesters(request(), world.connectionSid, [ALICE]))
    await test(world)
    await world.login(ALICE)
    const { viewer: vendor, ...seenByVendor } = await roomOf(world)
    const { viewer: customer, ...seenByCustomer } = await roomOf(world, customerOf(world, ['test']))
    expect(seenByCustomer).toEqual(seenByVendor)
    expect(vendor).toEqual({ side: 'vendor', maySignOff: true, mayTest: true, mayConfigure: true })
    expect(customer).toEqual({
      side: 'customer',
      maySignOff: true,
      mayTest: true,
      mayConfigure: false,
    })
    const looking = (await roomOf(world, customerOf(world, []))).viewer
    expect(looking).toMatchObject({ maySignOff: false, mayTest: false })
    expect(seenByVendor.testers).toMatchObject([
      { user: { email: ALICE }, provedAt: expect.any(Number), lastAttempt: { code: null } },
    ])
    expect(seenByVendor.clock).toMatchObject({ samples: 2, level: 'good' })
  })

  it('not_there: see no other’s', async () => {
    const { world: other } = await createTestingWorld()
    const { world } = await createTestingWorld()
    for (const actor of [
      customerOf(other),
      customerOf({ ...world, connectionSid: other.connectionSid }),
      customerOf({ ...other, connectionSid: world.connectionSid }),
    ]) {
      expect(codeOf(await getRoom(request(actor), world.connectionSid))).toEqual(['not_there'])
      expect(codeOf(await roomVersion(request(actor), world.connectionSid))).toEqual(['not_there'])
    }
    expect(codeOf(await roomVersion(request(), 'CN0'))).toEqual(['not_there'])
  })
})

describe('the version', () => {
  it('is that of the room, and another one with everything that the room shows', async () => {
    const { world, alice } = await createTestingWorld()
    const versionOf = async () => good(await roomVersion(request(), world.connectionSid))
    const seen = new Set([await versionOf()])
    expect(await versionOf()).toBe([...seen][0])
    expect((await roomOf(world)).version).toBe([...seen][0])
    const changed = async (what: string) => {
      const version = await versionOf()
      expect(seen.has(version), what).toBe(false)
      seen.add(version)
      expect((await roomOf(world)).version, what).toBe(version)
      expect(good(await roomVersion(request(customerOf(world)), world.connectionSid))).toBe(version)
    }
    good(await nominateTesters(request(), world.connectionSid, [ALICE]))
    await changed('a tester')
    await test(world, { sign: [] })
    await changed('a refused attempt')
    await test(world)
    await changed('an accepted attempt')
    const [newest] = (await roomOf(world)).attempts!
    await history
      .update(attempts)
      .set({ code: 'browser_mismatch' })
      .where(eq(attempts.sid, newest!.sid))
    await changed('an attempt that ends badly')
    await test(world)
    await changed('another attempt')
    // Written late: it is not the newest.
    await addAttempt({
      connectionSid: world.connectionSid,
      createdAt: newest!.createdAt - 1,
    })
    await changed('an attempt that was written late')
    good(
      await signOff(request(), world.connectionSid, { revision: 1, verdict: 'pass', name: 'Olga' }),
    )
    await changed('an signOff')
    good(
      await signOff(request(), world.connectionSid, { revision: 1, verdict: 'fail', name: 'Olga' }),
    )
    await changed('another one')
    good(await editConnection(request(), world.connectionSid, { fields: { name: 'Renamed' } }))
    await changed('an edit')
    await db
      .update(connections)
      .set({ metadataFetchedAt: 5 })
      .where(eq(connections.sid, world.connectionSid))
    await changed('a reading of our metadata')
    good(await withdrawTester(request(), world.connectionSid, alice))
    await changed('a tester less')
    await db.insert(rollouts).values({
      sid: createSid('RO'),
      tenantSid: world.tenantSid,
      connectionSid: world.connectionSid,
      name: 'All',
      selectors: { everybody: false, fromConnection: false, domains: [], accounts: [] },
      createdAt: 1,
      updatedAt: 1,
    })
    await changed('a rollout')
    // What happens elsewhere is no change here.
    const { world: other } = await createTestingWorld()
    await test(other)
    expect(seen.has(await versionOf())).toBe(true)
  })
})

describe('what it costs', () => {
  it('is three round trips and a bounded number of rows, and one query for the version', async () => {
    const { world } = await createTestingWorld()
    const emails = Array.from({ length: 5 }, (_, index) => `tester${index}@tenant.example`)
    for (const email of emails) await world.addUser(email, { signInMethod: 'password' })
    good(await nominateTesters(request(), world.connectionSid, emails))
    await test(world)
    const measure = async () => {
      const counted = countingDatabase()
      const { cost } = counted
      const past = countingDatabase(env.HISTORY)
      const asked = { ...request(), db: counted.db, history: past.db }
      good(await getRoom(asked, world.connectionSid))
      const room = { ...cost, ofHistory: { ...past.cost } }
      good(await roomVersion(asked, world.connectionSid))
      const ofBoth = cost.rowsRead + past.cost.rowsRead
      return {
        room: { ...room, rowsRead: room.rowsRead + room.ofHistory.rowsRead },
        version: {
          trips: [cost.trips - room.trips, past.cost.trips - room.ofHistory.trips],
          rowsRead: ofBoth - room.rowsRead - room.ofHistory.rowsRead,
        },
      }
    }
    const before = await measure()
    expect(before.room.trips).toBe(3)
    expect(before.version.trips).toEqual([1, 1])
    // Many attempts, of many people, at this connection: no more rows are read for them.
    const statement = env.HISTORY!.prepare(
      `WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 5000)
       INSERT INTO attempts (sid, connection_sid, code, user_sid, idp_initiated, is_test, revision, created_at)
       SELECT 'AT-many-' || printf('%05d', n), ?, CASE n % 2 WHEN 1 THEN 'audience' END, 'US' || (n % 100), 0, 0, 1, ? + n FROM number`,
    )
    // Lines of the same days: those of a user are found by one seek a period.
    await statement.bind(world.connectionSid, Date.now()).run()
    const after = await measure()
    expect(after.room.trips).toBe(3)
    expect(after.room.rowsRead).toBeLessThanOrEqual(before.room.rowsRead + 200)
    expect(after.room.rowsRead).toBeLessThanOrEqual(350)
    expect(after.version.rowsRead).toBeLessThanOrEqual(60)
    console.log(`rows read: ${JSON.stringify(after)}`)
    await env.HISTORY!.prepare(`DELETE FROM attempts WHERE sid LIKE 'AT-many-%'`).run()
  })
})
