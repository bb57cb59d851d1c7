// People over the years, from outside: renamed, known by another case, by another NameID, by
// another IdP. Each login goes through the whole product.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { timedSidFrom } from '../../../src/ids.ts'
import { sweepHistory } from '../../../src/login/history/sweep.ts'
import { aliases, connections, nameIDs, users } from '../../../src/platform/db/schema.ts'
import { testValues } from '../../../src/platform/db/history-schema.ts'
import { openBrowser } from '../../support/browser.ts'
import { as, createWorld, db, history, type World } from '../../support/world.ts'

const FORMAT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:'
const PERSISTENT = `${FORMAT}persistent`
const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'

const codes = async (world: World) => (await world.rows()).attempts.map(({ code }) => code)

async function rename(userSid: string, email: string) {
  await db.update(users).set({ email, emailKey: email.toLowerCase() }).where(eq(users.sid, userSid))
}

describe('a NameID that is the e-mail', () => {
  it('follows a person who is renamed on both sides', async () => {
    const world = await createWorld()
    const userSid = await world.addUser('ann@t.example')
    await world.login('ann@t.example')
    await rename(userSid, 'anna@t.example')
    await world.login('anna@t.example')
    expect(await codes(world)).toEqual([null, null])
    expect((await world.rows()).nameIDs).toMatchObject([
      { userSid, kind: 'email', nameID: null, format: EMAIL_FORMAT, refusedHash: null },
    ])
  })

  it('is the same in another case', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    await world.login('ann@t.example')
    await world.login('ann@t.example', { nameID: 'Ann@T.EXAMPLE' })
    expect(await codes(world)).toEqual([null, null])
  })

  it('is the same by an alias', async () => {
    const world = await createWorld()
    const userSid = await world.addUser('ann@t.example')
    const { connectionSid } = world
    const alias = { connectionSid, emailKey: 'a.berg@t.example', userSid }
    await db.insert(aliases).values({ ...alias, createdBy: 'x', createdAt: 1 })
    await world.login('ann@t.example')
    await world.login('a.berg@t.example')
    expect(await codes(world)).toEqual([null, null])
  })
})

describe('another IdP at the connection', () => {
  it('starts afresh, and finds the old bindings on the way back', async () => {
    const world = await createWorld()
    const userSid = await world.addUser('ann@t.example')
    const { connectionSid, idpEntityID } = world
    const other = 'https://new-idp.example/metadata'
    const become = (entityID: string) =>
      db.update(connections).set({ entityID }).where(eq(connections.sid, connectionSid))
    await world.login('ann@t.example', { nameID: 'old', nameIDFormat: PERSISTENT })
    await become(other)
    await world.login('ann@t.example', { nameID: 'new', nameIDFormat: PERSISTENT, issuer: other })
    expect((await world.rows()).nameIDs).toMatchObject(
      [
        { userSid, entityID: idpEntityID, nameID: 'old' },
        { userSid, entityID: other, nameID: 'new' },
      ].toSorted((one, two) => one.entityID.localeCompare(two.entityID)),
    )
    await become(idpEntityID)
    await world.login('ann@t.example', { nameID: 'new', nameIDFormat: PERSISTENT })
    await world.login('ann@t.example', { nameID: 'old', nameIDFormat: PERSISTENT })
    expect(await codes(world)).toEqual([null, null, 'name_id_changed', null])
  })
})

describe('a NameID that does not fit', () => {
  it('is refused by its format, and absent means unspecified', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    await world.login('ann@t.example', { nameIDFormat: null })
    await world.login('ann@t.example', { nameIDFormat: UNSPECIFIED })
    await world.login('ann@t.example', { nameIDFormat: PERSISTENT })
    expect(await codes(world)).toEqual([null, null, 'name_id_format_changed'])
  })

  it('is told as one that changes each time from the third on', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    for (const nameID of ['a', 'b', 'b', 'c', 'd'])
      await world.login('ann@t.example', { nameID, nameIDFormat: PERSISTENT })
    expect(await codes(world)).toEqual([
      null,
      'name_id_changed',
      'name_id_changed',
      'name_id_each_time',
      'name_id_each_time',
    ])
  })

  it('shows what is bound, and what came without its middle', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    await world.login('ann@t.example', { nameID: 'bound-value', nameIDFormat: PERSISTENT })
    for (const nameID of ['secret-value-1', 'secret-value-1', 'secret-value-2'])
      await world.login('ann@t.example', { nameID, nameIDFormat: PERSISTENT })
    const { attempts } = await world.rows()
    const rows = attempts.slice(1).map(({ checks }) => checks.at(-1)!)
    for (const { ok, expected, received } of rows) {
      expect(ok).toBe(false)
      expect(expected).toBe('bound-value, format persistent')
      expect(received).toMatch(/^se…-\d, format persistent, fingerprint [\w-]{10}$/)
    }
    expect(rows[0]!.received).toBe(rows[1]!.received)
    expect(rows[0]!.received.slice(-10)).not.toBe(rows[2]!.received.slice(-10))
    expect(JSON.stringify(attempts)).not.toContain('secret-value')
    expect(attempts.map((attempt) => attempt.testValues)).toEqual([null, null, null, null])
  })
})

describe('a test sign-in', () => {
  it('keeps the NameID in full where it is refused, and binds none', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    const test = async (nameID: string) => {
      const browser = openBrowser()
      const departure = await world.begin(browser, '?test')
      const answer = { ...as('ann@t.example'), nameID, nameIDFormat: PERSISTENT }
      const message = await world.idp(departure.requestID).respond(answer)
      await world.deliver(browser, message, departure.relayState)
    }
    await test('before')
    expect((await world.rows()).nameIDs).toEqual([])
    await world.login('ann@t.example', { nameID: 'bound-value', nameIDFormat: PERSISTENT })
    await test('bound-value')
    await test('secret-value-1')
    const { attempts } = await world.rows()
    const shown = attempts.map((attempt) => [attempt.code, attempt.testValues])
    expect(shown).toEqual([
      [null, null],
      [null, null],
      [null, null],
      ['name_id_changed', { nameID: 'secret-value-1' }],
    ])
    const kept = await history.select().from(testValues)
    expect(kept.filter(({ sid }) => sid === attempts.at(-1)!.sid)).toHaveLength(1)
  })
})

describe('the NameID of a test', () => {
  it('is deleted after seven days', async () => {
    const now = Date.now()
    const DAY = 24 * 3600 * 1000
    const sidAt = (days: number) => `${timedSidFrom('AT', now - days * DAY)}${'0'.repeat(20)}`
    await history.insert(testValues).values([
      { sid: sidAt(8), said: { nameID: 'old' } },
      { sid: sidAt(6), said: { nameID: 'new' } },
    ])
    await sweepHistory(history, { days: 90, bytes: 8e9 }, now, {
      statements: 40,
      until: Date.now() + 20_000,
    })
    const left = await history.select().from(testValues)
    const values = left.map(({ said }) => said.nameID)
    expect(values).toContain('new')
    expect(values).not.toContain('old')
  })
})

describe('a login of somebody who is bound', () => {
  it('notes the day, and writes nothing on the same day', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    const seen = async () => (await world.rows()).nameIDs.map(({ lastSeenAt }) => lastSeenAt)
    await world.login('ann@t.example')
    const [first] = await seen()
    await world.login('ann@t.example')
    expect(await seen()).toEqual([first])
    const yesterday = first! - 24 * 3600 * 1000
    await db.update(nameIDs).set({ lastSeenAt: yesterday })
    await world.login('ann@t.example')
    const [last] = await seen()
    expect(last).toBeGreaterThanOrEqual(first!)
  })

  it('forgets a NameID that was refused once the bound one has come for a day', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    await world.login('ann@t.example', { nameID: 'a', nameIDFormat: PERSISTENT })
    await world.login('ann@t.example', { nameID: 'b', nameIDFormat: PERSISTENT })
    await db.update(nameIDs).set({ lastSeenAt: 1 })
    await world.login('ann@t.example', { nameID: 'a', nameIDFormat: PERSISTENT })
    await world.login('ann@t.example', { nameID: 'c', nameIDFormat: PERSISTENT })
    expect(await codes(world)).toEqual([null, 'name_id_changed', null, 'name_id_changed'])
  })
})
