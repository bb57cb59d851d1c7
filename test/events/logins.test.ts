// Logins and ends of sessions as events: only where an endpoint names the type.
import { eq } from 'drizzle-orm'
import { beforeEach, expect, it } from 'vitest'
import { dataSchemaOf } from '../../src/events/event-data.ts'
import type { DeliverableEvent } from '../../src/events/outbox/channel.ts'
import { offerEvent, selectNamed } from '../../src/events/outbox/store.ts'
import { outbox, sessions, webhookEndpoints } from '../../src/platform/db/schema.ts'
import { forgetWebhooks } from '../support/webhook-endpoint.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { openWebhook } from './webhook-stage.ts'

const ALICE = 'alice@tenant.example'
let world: World
let userSid: string
beforeEach(async () => {
  world = await createWorld()
  userSid = await world.addUser(ALICE)
})

const subscribe = (types: string[], tenantSid = world.tenantSid) =>
  openWebhook({ tenantSid, types })

async function offeredTo(target: string) {
  const rows = await db.select().from(outbox).where(eq(outbox.target, target))
  const own = rows.filter(({ event }) => event !== null)
  const events = own.map(({ event }) => event as unknown as DeliverableEvent)
  for (const { type, data } of events) dataSchemaOf(type).parse(data)
  expect(JSON.stringify(events)).not.toContain('@')
  return events
}

it('enter the outbox of endpoints that name them, with no personal data', async () => {
  const named = await subscribe(['login.succeeded', 'login.refused'])
  const refusals = await subscribe(['login.refused'])
  await world.login(ALICE)
  await world.login('nobody@tenant.example')
  const { tenantSid, connectionSid } = world
  const ofLogin = { tenantSid, connectionSid, actor: { kind: 'login', id: connectionSid } }
  const told = await offeredTo(named.sid)
  expect(told).toHaveLength(2)
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...ofLogin, type: 'login.succeeded' }),
      expect.objectContaining({ ...ofLogin, type: 'login.refused' }),
    ]),
  )
  expect(told.find(({ type }) => type === 'login.succeeded')!.data).toMatchObject({ userSid })
  expect((await offeredTo(refusals.sid)).map(({ data }) => data['code'])).toEqual(['user_unknown'])
})

it('do not enter it for all types, for other tenants, or where nobody names them', async () => {
  const all = await subscribe(['*'])
  const other = await createWorld()
  const theirs = await subscribe(['login.succeeded', 'session.ended'], other.tenantSid)
  await world.login(ALICE)
  expect(await offeredTo(all.sid)).toEqual([])
  expect(await offeredTo(theirs.sid)).toEqual([])
})

it('enter it once, also where a login is told twice', async () => {
  const { sid } = await subscribe(['login.succeeded'])
  await world.login(ALICE)
  const [event] = await offeredTo(sid)
  await offerEvent(db, event!)
  expect(await offeredTo(sid)).toEqual([event])
})

it('are not offered where the endpoints that name them are off', async () => {
  await forgetWebhooks()
  const types = ['login.succeeded', 'login.refused']
  const { sid } = await subscribe(types)
  expect(await selectNamed(db, types)).toHaveLength(1)
  await db.update(webhookEndpoints).set({ isActive: false }).where(eq(webhookEndpoints.sid, sid))
  expect(await selectNamed(db, types)).toEqual([])
})

it('of a session that ended before somebody named them are not told', async () => {
  await world.login(ALICE)
  const isTheirs = eq(sessions.userSid, userSid)
  const end = (endedAt: number) =>
    db.update(sessions).set({ endedAt, endedBecause: 'revoked' }).where(isTheirs)
  await end(1)
  const { sid } = await subscribe(['session.ended'])
  await end(2)
  expect(await offeredTo(sid)).toEqual([])
})

it('of a session that ends are told once', async () => {
  const { sid } = await subscribe(['session.ended'])
  await world.login(ALICE)
  const isTheirs = eq(sessions.userSid, userSid)
  for (const endedAt of [1, 2])
    await db.update(sessions).set({ endedAt, endedBecause: 'revoked' }).where(isTheirs)
  const [session] = await db.select().from(sessions).where(isTheirs)
  expect(await offeredTo(sid)).toMatchObject([
    {
      sid: session!.sid,
      type: 'session.ended',
      data: { session: session!.sid, userSid, because: 'revoked' },
    },
  ])
})
