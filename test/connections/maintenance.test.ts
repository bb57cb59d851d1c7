// What the cron does every five minutes: in portions, the longest due first, each connection apart
// from the others.
import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq, inArray, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refresh } from '../../src/connections/metadata/operations.ts'
import { changeState } from '../../src/connections/operations.ts'
import { leaseDueSources } from '../../src/connections/metadata/store.ts'
import {
  CHECKS_A_RUN,
  FETCHES_A_RUN,
  REFRESHES_A_RUN,
  runMaintenance,
} from '../../src/connections/maintenance.ts'
import { connections, metadataSources, tenants } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import worker from '../../src/worker.ts'
import { createSid } from '../../src/ids.ts'
import { certificateOf } from '../support/keys.ts'
import { good, request } from '../support/request.ts'
import { countingDatabase } from '../support/counting.ts'
import { clearDatabase, createWorld, db } from '../support/world.ts'
import {
  createSourced,
  DAY,
  HOUR,
  metadataOf,
  METADATA_URL,
  publish,
  SSO_URL,
  MAINTENANCE,
} from './metadata/published-metadata.ts'

const NEXT = certificateOf('idpNext')

// What is due is due in the whole database.
beforeEach(clearDatabase)
afterEach(() => {
  vi.unstubAllGlobals()
})

const due = (connectionSid: string, refreshAt = 1) =>
  db
    .update(metadataSources)
    .set({ refreshAt })
    .where(eq(metadataSources.connectionSid, connectionSid))

const sources = () => db.select().from(metadataSources).orderBy(metadataSources.connectionSid)

/** Connections of one tenant, each with a metadata URL. */
async function createMany(count: number) {
  const tenantSid = createSid('TN')
  await db
    .insert(tenants)
    .values({ sid: tenantSid, name: 'Tenant', plan: 'enterprise', createdAt: 1 })
  const sids = Array.from({ length: count }, () => createSid('CN'))
  for (const [index, sid] of sids.entries())
    await db.batch([
      db.insert(connections).values({
        sid,
        tenantSid,
        name: 'C',
        state: 'live',
        entityID: 'https://idp.tenant.example/metadata',
        ssoRedirectURL: SSO_URL,
        ssoPostURL: SSO_URL,
        reachabilityCheckedAt: index + 1,
        createdAt: 1,
        updatedAt: 1,
      }),
      db.insert(metadataSources).values({
        connectionSid: sid,
        url: METADATA_URL,
        refreshAt: index + 1,
        createdAt: 1,
      }),
    ])
  return sids
}

describe('runMaintenance', () => {
  it('reads the metadata that is due, and no other', async () => {
    const early = await createSourced()
    const late = await createSourced()
    const { server } = late
    server.xml = metadataOf(['idp', 'idpNext'])
    await due(late.world.connectionSid)
    const asked = request(MAINTENANCE, server.network)
    expect(await runMaintenance(asked)).toMatchObject({ refreshed: 1, failed: 0 })
    expect(await late.trust()).toMatchObject({ waiting: [NEXT], source: { fetchedAt: asked.now } })
    expect((await late.trust()).source.refreshAt).toBeGreaterThan(asked.now + 0.9 * DAY - 1)
    expect(await early.trust()).toMatchObject({ waiting: [] })
    expect(await runMaintenance(asked)).toMatchObject({ refreshed: 0 })
  })

  it('leaves a suspended connection alone, and asks about it again a day later', async () => {
    const { world, server, trust } = await createSourced()
    good(await changeState(request(), world.connectionSid, 'suspend'))
    server.xml = metadataOf(['idp', 'idpNext'])
    await due(world.connectionSid)
    const before = await trust()
    const asked = request(MAINTENANCE, server.network)
    expect(await runMaintenance(asked)).toMatchObject({ refreshed: 0, failed: 0 })
    const { source, ...after } = await trust()
    expect(after).toMatchObject({
      waiting: [],
      connection: { updatedAt: before.connection.updatedAt },
    })
    expect(source.refreshAt).toBeGreaterThan(asked.now + 20 * HOUR)
    expect(server.asked).toHaveLength(1)
    good(await changeState(request(), world.connectionSid, 'resume'))
    await due(world.connectionSid)
    await runMaintenance(asked)
    expect(await trust()).toMatchObject({ waiting: [NEXT] })
  })

  it('is not stopped by one connection: what fails there is logged without a word of it', async () => {
    const broken = await createSourced()
    const whole = await createSourced()
    await due(broken.world.connectionSid, 1)
    await due(whole.world.connectionSid, 2)
    // A row that nobody can read.
    await db.run(
      sql`UPDATE connections SET allow = 'secret', reachability_checked_at = NULL WHERE sid = ${broken.world.connectionSid}`,
    )
    const log = vi.spyOn(console, 'log').mockReturnValue()
    const { server } = whole
    server.xml = metadataOf(['idp', 'idpNext'])
    expect(await runMaintenance(request(MAINTENANCE, server.network))).toMatchObject({
      refreshed: 1,
      failed: 1,
    })
    expect(await whole.trust()).toMatchObject({ waiting: [NEXT] })
    const said = log.mock.calls.flat().join()
    log.mockRestore()
    expect(said).toContain(broken.world.connectionSid)
    expect(said).not.toContain('secret')
    // It is not due at once again: the next run begins with the others.
    const [row] = await db
      .select()
      .from(metadataSources)
      .where(eq(metadataSources.connectionSid, broken.world.connectionSid))
    expect(row!.refreshAt).toBeGreaterThan(Date.now())
    await db.run(sql`UPDATE connections SET allow = '[]' WHERE sid = ${broken.world.connectionSid}`)
  })

  it('takes a portion, the longest due first, and the rest the next time', async () => {
    const sids = await createMany(REFRESHES_A_RUN + 5)
    expect(CHECKS_A_RUN).toBe(REFRESHES_A_RUN)
    const server = publish(metadataOf(['idp']))
    const asked = request(MAINTENANCE, server.network)
    const portion = { refreshed: REFRESHES_A_RUN, checked: CHECKS_A_RUN, failed: 0 }
    expect(await runMaintenance(asked)).toEqual(portion)
    const undone = (await sources()).filter(({ fetchedAt }) => fetchedAt === null)
    expect(undone.map(({ connectionSid }) => connectionSid).toSorted()).toEqual(
      sids.slice(-5).toSorted(),
    )
    const unasked = await db
      .select({ sid: connections.sid })
      .from(connections)
      .where(sql`${connections.reachabilityCheckedAt} < 1000`)
    expect(unasked.map(({ sid }) => sid).toSorted()).toEqual(sids.slice(-5).toSorted())
    expect(await runMaintenance(asked)).toEqual({ refreshed: 5, checked: 5, failed: 0 })
    expect(await runMaintenance(asked)).toEqual({ refreshed: 0, checked: 0, failed: 0 })
  })

  it('begins nothing more when it has made its requests: a Worker has so many', async () => {
    await createMany(30)
    const server = publish(metadataOf(['idp']))
    let requests = 0
    const { fetch } = server.network
    const counted: typeof fetch = (...args) => {
      requests++
      return fetch(...args)
    }
    let hops = 0
    server.answer = () =>
      ++hops % 6 === 0
        ? new Response(metadataOf(['idp']))
        : new Response(null, { status: 302, headers: { location: METADATA_URL } })
    await runMaintenance(request(MAINTENANCE, { ...server.network, fetch: counted }))
    // 18 each for the metadata, 6 each for the URLs.
    expect(requests).toBeGreaterThanOrEqual(FETCHES_A_RUN)
    expect(requests).toBeLessThanOrEqual(FETCHES_A_RUN + 2 * 18)
  })

  it('may run twice at once: each source is read by one of them', async () => {
    await createMany(10)
    const server = publish(metadataOf(['idp', 'idpNext']))
    const asked = request(MAINTENANCE, server.network)
    const [first, second] = await Promise.all([runMaintenance(asked), runMaintenance(asked)])
    expect(first.refreshed + second.refreshed).toBe(10)
    expect(server.asked).toHaveLength(10)
    expect(
      await db
        .select()
        .from(recordedEvents)
        .where(eq(recordedEvents.type, 'certificate.quarantined')),
    ).toHaveLength(10)
  })

  it('two readings of the same source at once: one is written', async () => {
    const { world, server, trust, trail } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    const { connection } = await trust()
    const asked = request(MAINTENANCE, server.network)
    await Promise.all([refresh(asked, connection), refresh(asked, connection)])
    expect(world.connectionSid).toBe(connection.sid)
    expect((await trail()).map(({ type }) => type)).toEqual([
      'metadata_source.saved',
      'certificate.quarantined',
    ])
  })

  it('asks URLs that nobody asked, or not for a day, and keeps what it hears', async () => {
    const world = await createWorld()
    const server = publish(metadataOf(['idp']))
    const asked = request(MAINTENANCE, server.network)
    const seen = async () => {
      const [row] = await db
        .select()
        .from(connections)
        .where(eq(connections.sid, world.connectionSid))
      return row!
    }
    const before = await seen()
    expect(await runMaintenance(asked)).toMatchObject({ checked: 1 })
    expect(await seen()).toEqual({
      ...before,
      reachability: [
        { field: 'ssoRedirectURL', url: SSO_URL, result: 'reachable', reason: 'it answers 204' },
        { field: 'ssoPostURL', url: SSO_URL, result: 'reachable', reason: 'it answers 204' },
      ],
      reachabilityCheckedAt: asked.now,
    })
    expect(await runMaintenance({ ...asked, now: asked.now + DAY - 1 })).toMatchObject({
      checked: 0,
    })
    expect(await runMaintenance({ ...asked, now: asked.now + DAY })).toMatchObject({ checked: 1 })
  })

  it('reads rows of what is due alone', async () => {
    const sids = await createMany(3)
    const later = Date.now() + DAY
    await db.run(sql`INSERT INTO connections (sid, tenant_sid, name, state, entity_id, reachability_checked_at, created_at, updated_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000)
      SELECT 'CN' || n, (SELECT sid FROM tenants LIMIT 1), 'C', 'live', 'x', ${later}, 1, 1 FROM number`)
    await db.run(sql`INSERT INTO metadata_sources (connection_sid, url, refresh_at, created_at)
      SELECT sid, 'https://x.example/', ${later}, 1 FROM connections WHERE reachability_checked_at = ${later}`)
    const { db: counted, cost } = countingDatabase()
    const server = publish(metadataOf(['idp']))
    const asked = { ...request(MAINTENANCE, server.network), db: counted }
    expect(await runMaintenance(asked)).toEqual({ refreshed: 3, checked: 3, failed: 0 })
    expect(cost.rowsRead).toBeLessThanOrEqual(sids.length * 30)
    cost.rowsRead = 0
    expect(await runMaintenance(asked)).toEqual({ refreshed: 0, checked: 0, failed: 0 })
    expect(cost.rowsRead).toBeLessThanOrEqual(10)
    await db.delete(metadataSources).where(eq(metadataSources.refreshAt, later))
    await db.delete(connections).where(eq(connections.reachabilityCheckedAt, later))
  })
})

describe('leaseDueSources', () => {
  it('makes what it takes due again later, whatever becomes of the run', async () => {
    const sids = await createMany(2)
    const now = Date.now()
    const taken = await leaseDueSources(db, now, now + 1000, 10)
    expect(taken.map(({ sid }) => sid).toSorted()).toEqual(sids.toSorted())
    expect(await leaseDueSources(db, now, now + 1000, 10)).toEqual([])
    expect(await leaseDueSources(db, now + 1000, now + 2000, 10)).toHaveLength(2)
  })
})

describe('the cron', () => {
  it('of every five minutes is the maintenance, and the hourly one is not', async () => {
    const { world, server, trust } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    // The names of the fake internet, asked where the Worker asks.
    const { fetch } = server.network
    vi.stubGlobal('fetch', (input: string, init: RequestInit) =>
      fetch(input.replace('https://cloudflare-dns.com', 'https://resolver.example'), init),
    )
    await due(world.connectionSid)
    await worker.scheduled(createScheduledController({ cron: '17 * * * *' }), env)
    expect(await trust()).toMatchObject({ waiting: [] })
    await worker.scheduled(createScheduledController({ cron: '*/5 * * * *' }), env)
    expect(await trust()).toMatchObject({ waiting: [NEXT] })
    expect(
      await db
        .select()
        .from(tenants)
        .where(inArray(tenants.sid, [world.tenantSid])),
    ).toHaveLength(1)
  })
})
