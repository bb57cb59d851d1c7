import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import worker from '../../src/worker.ts'
import { addOperatorRow } from '../support/operators.ts'
import { loginCodes, sessions, signInLinks, spent } from '../../src/platform/db/schema.ts'
import { createWorld, db } from '../support/world.ts'

const DAY = 24 * 3600 * 1000

it('deletes expired rows and nothing else', async () => {
  const world = await createWorld()
  const userSid = await world.addUser('alice@tenant.example')
  await world.login('alice@tenant.example')
  const before = await world.rows()
  const { connectionSid } = world
  const now = Date.now()
  const principal = before.sessions[0]!.principal
  const stale = { connectionSid, userSid, attemptSid: 'AT', principal }
  await db.batch([
    db.insert(spent).values({
      connectionSid,
      kind: 'request',
      id: 'old',
      attemptSid: 'AT',
      expiresAt: now - 1,
    }),
    db
      .insert(loginCodes)
      .values({ ...stale, name: '00000000', codeHash: 'old', revision: 1, expiresAt: now - 1 }),
    db.insert(sessions).values({
      ...stale,
      sid: 'SE000000000000',
      tokenHash: 'old',
      createdAt: 1,
      expiresAt: now - 31 * DAY,
    }),
  ])
  const operatorSid = (await addOperatorRow('owner')).sid
  const link = (secretHash: string, expiresAt: number) =>
    db.insert(signInLinks).values({ secretHash, operatorSid, createdAt: 1, expiresAt })
  await db.batch([link('old', now - DAY - 1), link('recent', now)])
  const context = createExecutionContext()
  await worker.scheduled(createScheduledController({ cron: '7-59/10 * * * *' }), env)
  await waitOnExecutionContext(context)
  expect(await world.rows()).toEqual(before)
  const links = await db.select({ secretHash: signInLinks.secretHash }).from(signInLinks)
  expect(links.map(({ secretHash }) => secretHash)).not.toContain('old')
  expect(links.map(({ secretHash }) => secretHash)).toContain('recent')
  await db.delete(signInLinks).where(eq(signInLinks.secretHash, 'recent'))
})
