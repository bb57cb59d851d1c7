import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import worker from '../../src/index.ts'
import { attempts, handoffs, sessions, spent } from '../../src/db/schema.ts'
import { createWorld, db } from '../support/world.ts'

const DAY = 24 * 3600 * 1000

it('deletes what has had its time, and nothing else', async () => {
  const world = await createWorld()
  const userSid = await world.addUser('alice@tenant.example')
  await world.login('alice@tenant.example')
  const before = await world.rows()
  const { connectionSid } = world
  const now = Date.now()
  const principal = before.sessions[0]!.principal
  const stale = { connectionSid, userSid, attemptSid: 'AT', principal }
  await db.batch([
    db.insert(spent).values({ connectionSid, kind: 'request', id: 'old', expiresAt: now - 1 }),
    db
      .insert(handoffs)
      .values({ ...stale, codeHash: 'old', browserHash: '', returnTo: '/', expiresAt: now - 1 }),
    db.insert(attempts).values({
      sid: 'old',
      connectionSid,
      checks: [],
      idpInitiated: false,
      createdAt: now - 91 * DAY,
    }),
    db.insert(sessions).values({
      ...stale,
      sid: 'old',
      tokenHash: 'old',
      createdAt: 1,
      expiresAt: now - 31 * DAY,
    }),
  ])
  const context = createExecutionContext()
  await worker.scheduled(createScheduledController(), env)
  await waitOnExecutionContext(context)
  expect(await world.rows()).toEqual(before)
})
