import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { sessions } from '../../src/platform/db/schema.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { stateOf } from '../../src/sessions/lifetime.ts'
import { findSession } from '../../src/sessions/store/session.ts'
import { readLocatedSecret } from '../../src/platform/located-secret.ts'
import { openBrowser } from '../support/browser.ts'
import { createWorld, db } from '../support/world.ts'
import { LIFETIME, openPeople, sessionRow } from './stage.ts'

const HOUR = 3600_000
const MINUTE = 60_000

const session = { createdAt: 0, lastSeenAt: 0, expiresAt: 8 * HOUR, endedAt: null }

describe('the state of a session', () => {
  it.each([
    ['open', 2 * HOUR - 1, {}],
    ['idle', 2 * HOUR, {}],
    ['open', 8 * HOUR - 1, { lastSeenAt: 7 * HOUR }],
    ['expired', 8 * HOUR, { lastSeenAt: 7 * HOUR }],
    // The IdP has said that it ends earlier.
    ['expired', HOUR, { expiresAt: HOUR }],
    // It was opened when sessions lasted longer.
    ['expired', 8 * HOUR, { expiresAt: 24 * HOUR, lastSeenAt: 7 * HOUR }],
    ['ended', 1, { endedAt: 1 }],
    ['ended', 9 * HOUR, { endedAt: 1 }],
  ])('is %s at %i', (state, now, times) => {
    expect(stateOf({ ...session, ...times }, now, LIFETIME)).toBe(state)
  })
})

describe('an open session', () => {
  async function signedIn() {
    const { people } = await openPeople('alice@tenant.example')
    const { browser, session: row } = people[0]!
    const key = (await readLocatedSecret('SE', browser.cookies.get('__Host-session')!))!
    const find = (now: number, lifetime = LIFETIME) => findSession(db, key, now, lifetime)
    return { row, find }
  }

  it('notes when it is used, to the minute', async () => {
    const { row, find } = await signedIn()
    expect(row.lastSeenAt).toBe(row.createdAt)
    await find(row.createdAt + MINUTE - 1)
    expect((await sessionRow(row.sid)).lastSeenAt).toBe(row.createdAt)
    await find(row.createdAt + MINUTE)
    expect((await sessionRow(row.sid)).lastSeenAt).toBe(row.createdAt + MINUTE)
  })

  it('is over when it was not used for two hours, and use does not bring it back', async () => {
    const { row, find } = await signedIn()
    const idle = row.createdAt + 2 * HOUR
    expect(await find(idle)).toBeUndefined()
    expect((await sessionRow(row.sid)).lastSeenAt).toBe(row.createdAt)
    expect(await find(idle - 1)).toMatchObject({ sid: row.sid, userSid: row.userSid })
    expect(await find(idle)).toMatchObject({ sid: row.sid })
  })

  it('is over after eight hours, however much it is used', async () => {
    const { row, find } = await signedIn()
    for (let hours = 1; hours < 8; hours++)
      expect(await find(row.createdAt + hours * HOUR), `${hours} h`).toBeDefined()
    expect(await find(row.createdAt + 8 * HOUR)).toBeUndefined()
  })

  it('is over at once after the setting becomes shorter', async () => {
    const { row, find } = await signedIn()
    const shorter = { ...LIFETIME, absoluteSeconds: 3600 }
    expect(await find(row.createdAt + HOUR - 1, shorter)).toBeDefined()
    expect(await find(row.createdAt + HOUR, shorter)).toBeUndefined()
  })

  it('never lasts beyond SessionNotOnOrAfter', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const notOnOrAfter = Math.floor(Date.now() / 1000) * 1000 + 1800_000
    await world.login('alice@tenant.example', { sessionNotOnOrAfter: notOnOrAfter })
    expect((await world.rows()).sessions[0]!.expiresAt).toBe(notOnOrAfter)
  })
})

describe('the settings', () => {
  const configure = (settings: Partial<Env>) => readConfig({ ...env, ...settings }).session

  it('are eight and two hours by default', () => {
    expect(configure({})).toEqual(LIFETIME)
    expect(configure({ SESSION_HOURS: '', SESSION_IDLE_MINUTES: '' })).toEqual(LIFETIME)
  })

  it('are hours and minutes', () => {
    expect(configure({ SESSION_HOURS: '24', SESSION_IDLE_MINUTES: '30' })).toEqual({
      absoluteSeconds: 24 * 3600,
      idleSeconds: 1800,
    })
  })

  it.each([
    ['SESSION_HOURS', '0'],
    ['SESSION_HOURS', '721'],
    ['SESSION_HOURS', '1.5'],
    ['SESSION_HOURS', '-1'],
    ['SESSION_HOURS', '8h'],
    ['SESSION_IDLE_MINUTES', '4'],
    ['SESSION_IDLE_MINUTES', '43201'],
  ])('are refused where they are none: %s=%s', (name, value) => {
    expect(() => configure({ [name]: value })).toThrow(`${name} is not a whole number from`)
  })

  it('are the lifetime of a session that a login opens', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const browser = openBrowser({ ...env, SESSION_HOURS: '1' })
    await world.login('alice@tenant.example', {}, browser)
    const [row] = await db
      .select()
      .from(sessions)
      .where(eq(sessions.connectionSid, world.connectionSid))
    expect(row!.expiresAt - row!.createdAt).toBe(HOUR)
  })
})
