import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { connections, sessions, tenants, users } from '../../src/platform/db/schema.ts'
import { createWorld, db } from '../support/world.ts'

it.each(['user', 'connection', 'tenant', 'time'] as const)(
  'a session is worth nothing once it is over: %s',
  async (what) => {
    const world = await createWorld()
    const userSid = await world.addUser('alice@tenant.example')
    const { browser } = await world.login('alice@tenant.example')
    expect(await (await browser.get('/')).text()).toContain('Signed in as Alice')

    const { connectionSid, tenantSid } = world
    if (what === 'user')
      await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, userSid))
    if (what === 'connection')
      await db
        .update(connections)
        .set({ state: 'suspended' })
        .where(eq(connections.sid, connectionSid))
    if (what === 'tenant')
      await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, tenantSid))
    if (what === 'time')
      await db
        .update(sessions)
        .set({ expiresAt: Date.now() - 1 })
        .where(eq(sessions.userSid, userSid))
    expect(await (await browser.get('/')).text()).toContain('You are not signed in')
  },
)
