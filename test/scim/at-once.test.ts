// Two requests at the same moment: what one has done, the other does not take back.
import { env } from 'cloudflare:workers'
import { count, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { scimUsers, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { db } from '../support/world.ts'
import { addConnection, ENTRA_USER, linkRow, openService, patch, userRow } from './service.ts'

/** Does something else between what a request has read and what it writes. */
function meanwhile(work: () => Promise<unknown>) {
  let isDone = false
  const DB = wrapD1(env.DB, async (trip, asked) => {
    const isWriting = asked.some(({ query }) => /scim_users/.test(query) && /^insert/i.test(query))
    if (isWriting && !isDone) {
      isDone = true
      await work()
    }
    return trip()
  })
  return { ...env, DB }
}

it('keeps a user suspended who is renamed at the same moment', async () => {
  const { ask } = await openService()
  const { id } = (await ask('POST', '/Users', ENTRA_USER)).body
  const off = patch({ op: 'Replace', path: 'active', value: 'False' })
  const renamed = patch({ op: 'Replace', path: 'name.givenName', value: 'New' })
  const both = meanwhile(() => ask('PATCH', `/Users/${id}`, off))
  expect((await ask('PATCH', `/Users/${id}`, renamed, {}, both)).status).toBe(200)
  const user = await userRow(id)
  expect(user).toMatchObject({ firstName: 'New', suspendedAt: expect.any(Number) })
  expect(await linkRow(id)).toMatchObject({ active: false, suspendedAt: user.suspendedAt })
})

it('makes one user of two requests that create the same', async () => {
  const { ask } = await openService()
  let first: Awaited<ReturnType<typeof ask>> | undefined
  const both = meanwhile(async () => (first = await ask('POST', '/Users', ENTRA_USER)))
  const second = await ask('POST', '/Users', ENTRA_USER, {}, both)
  expect([first!.status, second.status]).toEqual([201, 409])
  expect(second.body.scimType).toBe('uniqueness')
  const key = 'test_user_fd0ea19b@tenant.example'
  const [row] = await db.select({ users: count() }).from(users).where(eq(users.emailKey, key))
  expect(row!.users).toBe(1)
  const links = await db.select().from(scimUsers).where(eq(scimUsers.userSid, first!.body.id))
  expect(links).toHaveLength(1)
  const trail = await db
    .select()
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, first!.body.id))
  expect(trail.map(({ type }) => type)).toEqual(['user.created'])
})

it('does not write to a user whom a rollout takes to another connection at the same moment', async () => {
  const { ask, world, tenantSid } = await openService()
  const sid = await world.addUser('ann@tenant.example', { signInMethod: 'password' })
  const elsewhere = await addConnection(tenantSid)
  const both = meanwhile(() =>
    db
      .update(users)
      .set({ signInMethod: 'sso_enabled', connectionSid: elsewhere })
      .where(eq(users.sid, sid)),
  )
  const off = patch({ op: 'Replace', path: 'active', value: 'False' })
  await ask('PATCH', `/Users/${sid}`, off, {}, both)
  expect((await userRow(sid)).suspendedAt).toBeNull()
  expect((await ask('GET', `/Users/${sid}`)).status).toBe(404)
})
