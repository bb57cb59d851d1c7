// What recording an event writes: the event, its details, and the rows of the outbox.
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { recordEvent, recordedEvents } from '../../src/events/store.ts'
import { eventDetails, events, outbox } from '../../src/events/tables.ts'
import { webhookEndpoints, webhookEndpointTypes } from '../../src/events/webhooks/tables.ts'
import { createSid } from '../../src/ids.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { OPERATOR } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 9, 1)
const ENDPOINT = { name: 'log', url: 'https://a.example', secret: '', createdBy: 'operator olga' }
let world: World
beforeAll(async () => {
  world = await createWorld()
})

async function record(type: 'connection.updated' | 'user.updated' = 'connection.updated') {
  const subjectSid = createSid('CN')
  const { tenantSid } = world
  const [before, after] = [{ name: 'A' }, { name: 'B' }]
  await recordEvent(db, { actor: OPERATOR, now: NOW, tenantSid, type, subjectSid, before, after })
  const [event] = await db
    .select()
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, subjectSid))
  return event!
}

async function addEndpoint(tenantSid: string | null, types: string[], isActive = true) {
  const sid: string = createSid('WH')
  await db.batch([
    db
      .insert(webhookEndpoints)
      .values({ sid, tenantSid, ...ENDPOINT, isActive, createdAt: NOW, updatedAt: NOW }),
    db.insert(webhookEndpointTypes).values(types.map((type) => ({ endpointSid: sid, type }))),
  ])
  return sid
}

describe('an event', () => {
  it('has what may be personal in a row of its own', async () => {
    const event = await record()
    expect(event).toMatchObject({
      type: 'connection.updated',
      actor: 'operator olga',
      actorKind: 'operator',
      actorId: 'olga',
      connectionSid: event.subjectSid,
      before: { name: 'A' },
      after: { name: 'B' },
      isErased: false,
    })
    const [stored] = await db.select().from(events).where(eq(events.seq, event.seq))
    expect(JSON.stringify(stored)).not.toContain('"A"')
    const [details] = await db
      .select()
      .from(eventDetails)
      .where(eq(eventDetails.eventSeq, event.seq))
    expect(details!.salt).toMatch(/^[0-9a-f]{32}$/)
    expect(JSON.parse(details!.personal)).toEqual({
      name: 'olga',
      before: { name: 'A' },
      after: { name: 'B' },
    })
  })

  it('stays when its details are deleted', async () => {
    const { sid, seq } = await record()
    await db.delete(eventDetails).where(eq(eventDetails.eventSeq, seq))
    const [event] = await db.select().from(recordedEvents).where(eq(recordedEvents.sid, sid))
    expect(event).toMatchObject({ isErased: true, before: null, after: null, actorName: null })
  })

  it('can be neither changed nor deleted', async () => {
    const { seq } = await record()
    const isIt = eq(events.seq, seq)
    const ofDetails = eq(eventDetails.eventSeq, seq)
    const change = db.update(events).set({ actorId: 'eve' }).where(isIt)
    expect(await refusalOf(change)).toContain('events are append-only')
    const details = db.update(eventDetails).set({ personal: '{}' }).where(ofDetails)
    expect(await refusalOf(details)).toContain('details of events are append-only')
    // Without its details, no foreign key keeps the event either.
    await db.delete(eventDetails).where(ofDetails)
    expect(await refusalOf(db.delete(events).where(isIt))).toContain('events are append-only')
    expect(await db.select().from(events).where(isIt)).toHaveLength(1)
  })

  it('of operators alone belongs to no tenant', () => {
    const { tenantSid } = world
    const event = { actor: OPERATOR, now: NOW, tenantSid, subjectSid: 'x' }
    expect(() => recordEvent(db, { ...event, type: 'key.rotated' })).toThrow(TypeError)
  })
})

describe('the outbox', () => {
  it('gets one row for each endpoint that wants the type and may see the tenant', async () => {
    const other = await createWorld()
    const wanted = [
      await addEndpoint(null, ['*']),
      await addEndpoint(null, ['connection.updated', '*']),
      await addEndpoint(world.tenantSid, ['connection.updated', 'user.updated']),
    ]
    const left = new Set([
      await addEndpoint(null, ['user.updated']),
      await addEndpoint(null, ['*'], false),
      await addEndpoint(other.tenantSid, ['*']),
    ])
    const { sid } = await record()
    const rows = await db.select().from(outbox).where(eq(outbox.eventSid, sid))
    const targets = rows.map(({ target }) => target)
    expect(targets.filter((one) => wanted.includes(one)).toSorted()).toEqual(wanted.toSorted())
    expect(targets.filter((one) => left.has(one))).toEqual([])
    expect(rows[0]).toMatchObject({ attempts: 0, nextAt: NOW, outcome: null, channel: 'webhook' })
    await db.update(webhookEndpoints).set({ isActive: false })
  })
})
