// What the hourly sweep deletes of grants and tokens, and in which order.
import { eq, inArray } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { grants, sessions, tokens } from '../../src/platform/db/schema.ts'
import { sweepGrants } from '../../src/oidc/store/tokens.ts'
import { sweepSessions } from '../../src/sessions/store.ts'
import { createWorld, db } from '../support/world.ts'
import { openApp, signInWith } from './relying-party.ts'

const DAY = 24 * 3600_000

it('lets tokens die a day after they expired, grants and sessions thirty days after', async () => {
  const world = await createWorld()
  const { userSid } = await signInWith(await openApp(), world)
  const now = Date.now()
  const [grant] = await db.select().from(grants).where(eq(grants.userSid, userSid))
  const isIt = eq(tokens.grantSid, grant!.sid)
  const left = async () => [
    await db.$count(tokens, isIt),
    await db.$count(grants, eq(grants.sid, grant!.sid)),
    await db.$count(sessions, eq(sessions.userSid, userSid)),
  ]
  const sweepAt = async (time: number) => {
    await sweepGrants(db, time)
    await sweepSessions(db, time)
    return left()
  }
  expect(await sweepAt(now)).toEqual([2, 1, 1])
  // The access token expires first.
  expect(await sweepAt(now + 600_000 + DAY + 10_000)).toEqual([1, 1, 1])
  const { expiresAt } = grant!
  expect(await sweepAt(expiresAt + DAY)).toEqual([1, 1, 1])
  expect(await sweepAt(expiresAt + DAY + 1)).toEqual([0, 1, 1])
  expect(await sweepAt(expiresAt + 30 * DAY - 1)).toEqual([0, 1, 1])
  expect(await sweepAt(expiresAt + 30 * DAY)).toEqual([0, 0, 0])
})

it('never lets a session die before its grants, nor a grant before its tokens', async () => {
  const world = await createWorld()
  const { userSid } = await signInWith(await openApp(), world)
  const grantsOf = db.select({ sid: grants.sid }).from(grants).where(eq(grants.userSid, userSid))
  await db.update(sessions).set({ expiresAt: 1 }).where(eq(sessions.userSid, userSid))
  await sweepSessions(db, Date.now())
  expect(await db.$count(sessions, eq(sessions.userSid, userSid))).toBe(1)
  await db
    .update(tokens)
    .set({ expiresAt: Date.now() + DAY })
    .where(inArray(tokens.grantSid, grantsOf))
  await db.update(grants).set({ expiresAt: 1 }).where(eq(grants.userSid, userSid))
  await sweepGrants(db, Date.now())
  expect(await db.$count(grants, eq(grants.userSid, userSid))).toBe(1)
})
