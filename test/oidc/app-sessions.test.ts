// Apps whose own sessions outlive ours: a suspension reaches them after our session was swept.
import { env } from 'cloudflare:workers'
import { and, eq, inArray } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { editClient } from '../../src/clients/operations.ts'
import { editUser } from '../../src/directory/user-operations.ts'
import { readConfig } from '../../src/env.ts'
import { appSessions, logoutDeliveries, sessions } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { sweep } from '../../src/platform/db/sweep.ts'
import { revokeSession, revokeSessions } from '../../src/sessions/operations.ts'
import { expiriesOf } from '../../src/sweeps.ts'
import { LIFETIME } from '../sessions/stage.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { openEndpoint, URI, verify } from './back-channel-stage.ts'
import { askIn, openApp, openSession, signInWith, type App } from './relying-party.ts'
import { endSessions, WAYS_TO_END } from './ways-to-end.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const DAYS = 30

beforeEach(async () => {
  await db.delete(logoutDeliveries)
  await db.delete(appSessions)
})

const openKeeper = (fields: Parameters<typeof openApp>[0] = {}) =>
  openApp({ backchannelLogoutURI: URI, sessionDays: DAYS, ...fields })

/** As the job does when our sessions of that moment are due. */
const sweepAt = (now: number) =>
  sweep(db, expiriesOf(readConfig(env)), now, { statements: 1000, until: Infinity })

/** Somebody signs in to an app, and our session runs out and is swept. */
async function outlive(app: App, world: World) {
  const { userSid, email } = await signInWith(app, world)
  expect(await rowsOf(userSid)).toEqual([])
  const [session] = await db.select().from(sessions).where(eq(sessions.userSid, userSid))
  const sweptAt = session!.createdAt + 16 * HOUR + 1
  await sweepAt(sweptAt)
  expect(await db.$count(sessions, eq(sessions.userSid, userSid))).toBe(0)
  return { userSid, email, sweptAt }
}

const rowsOf = (...userSids: string[]) =>
  db.select().from(appSessions).where(inArray(appSessions.userSid, userSids))

/** What apps are told, as they verify it. */
async function told() {
  const endpoint = openEndpoint()
  // A suspension may be dated a moment ahead, where two changes came in one.
  await endpoint.deliver(Date.now() + 1000)
  const now = Date.now() + 1000
  return Promise.all(
    endpoint.tokens().map(async (token) => {
      const { payload } = await verify(token, decodeJwt(token).aud as string, now)
      return { sub: payload.sub, aud: payload.aud, sid: payload['sid'] }
    }),
  )
}

describe('an app whose sessions outlive ours', () => {
  it.each(WAYS_TO_END)('is told by a token with sub alone: %s', async (way) => {
    const [world, other] = [await createWorld(), await createWorld()]
    const app = await openKeeper()
    const [ann, bob] = [await outlive(app, world), await outlive(app, world)]
    const eve = await outlive(app, other)
    const { connectionSid, tenantSid } = world
    const { userSid } = ann
    await endSessions(way, { userSid, connectionSid, tenantSid })
    const out = way.includes('user') ? [ann] : [ann, bob]
    const expected = out.map((one) => ({ sub: one.userSid, aud: app.client.sid, sid: undefined }))
    const byUser = (left: { sub?: string | undefined }, right: { sub?: string | undefined }) =>
      left.sub!.localeCompare(right.sub!)
    expect((await told()).toSorted(byUser)).toEqual(expected.toSorted(byUser))
    const rows = await rowsOf(ann.userSid, bob.userSid, eve.userSid)
    const stays = [ann, bob, eve].filter((one) => !out.includes(one))
    expect(rows.map((row) => row.userSid).toSorted()).toEqual(
      stays.map((one) => one.userSid).toSorted(),
    )
  })

  it('counts among the sessions that a revocation ends, and is in its event', async () => {
    const world = await createWorld()
    const { userSid } = await outlive(await openKeeper(), world)
    expect(good(await revokeSessions(request(), { userSid }))).toEqual({ ended: 1 })
    expect(good(await revokeSessions(request(), { userSid }))).toEqual({ ended: 0 })
    const isIt = and(
      eq(recordedEvents.subjectSid, userSid),
      eq(recordedEvents.type, 'session.all_revoked'),
    )
    const [event, ...more] = await db.select().from(recordedEvents).where(isIt)
    expect(event).toMatchObject({ after: { sessions: 1 } })
    expect(more).toEqual([])
  })

  it('is not told of the end of another session of the user, by its SID', async () => {
    const world = await createWorld()
    const app = await openKeeper()
    const { userSid, email } = await outlive(app, world)
    await openSession(world, email)
    const [session] = await db.select().from(sessions).where(eq(sessions.userSid, userSid))
    good(await revokeSession(request(), session!.sid, LIFETIME))
    expect(await rowsOf(userSid)).toHaveLength(1)
  })
})

describe('the row of an app’s session', () => {
  it('is one for each user and app, and lasts to the end of the app’s last day', async () => {
    const world = await createWorld()
    const app = await openKeeper()
    const { userSid, sweptAt } = await outlive(app, world)
    const [row] = await rowsOf(userSid)
    const login = sweptAt - 16 * HOUR
    expect(row!.expiresAt % DAY).toBe(0)
    expect(row!.expiresAt).toBeGreaterThanOrEqual(login - HOUR + DAYS * DAY)
    expect(row!.expiresAt).toBeLessThanOrEqual(login + HOUR + (DAYS + 1) * DAY)
    await sweepAt(row!.expiresAt - 1)
    expect(await rowsOf(userSid)).toEqual([row])
    await sweepAt(row!.expiresAt)
    expect(await rowsOf(userSid)).toEqual([])
    good(await editUser(request(), userSid, { suspended: true }))
    expect(await told()).toEqual([])
  })

  it('is not made where the app was told, keeps no longer sessions, or never got a token', async () => {
    const world = await createWorld()
    const short = await outlive(await openKeeper({ sessionDays: 0 }), world)
    const deaf = await outlive(await openKeeper({ backchannelLogoutURI: null }), world)
    const keeper = await openKeeper()
    const told = await signInWith(keeper, world)
    good(await editUser(request(), told.userSid, { suspended: true }))
    const email = `no-token-${crypto.randomUUID()}@tenant.example`
    const without = await world.addUser(email)
    expect((await askIn(await openSession(world, email), keeper)).code).not.toBe('')
    await sweepAt(Date.now() + 17 * HOUR)
    const userSids = [short.userSid, deaf.userSid, told.userSid, without]
    expect(await db.$count(sessions, inArray(sessions.userSid, userSids))).toBe(0)
    expect(await rowsOf(...userSids)).toEqual([])
  })

  it('is deleted untold where the app says by then that its sessions last no longer', async () => {
    const world = await createWorld()
    const app = await openKeeper()
    const { userSid } = await outlive(app, world)
    good(await editClient(request(), app.client.sid, { sessionDays: 0 }))
    good(await editUser(request(), userSid, { suspended: true }))
    expect(await told()).toEqual([])
    expect(await rowsOf(userSid)).toEqual([])
  })
})
