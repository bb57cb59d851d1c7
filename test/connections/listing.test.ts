// The list of connections: what it says of each, and what it costs.
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { listConnections } from '../../src/connections/operations.ts'
import { certificates, quarantinedCertificates, tenants } from '../../src/platform/db/schema.ts'
import { countingDatabase } from '../support/counting.ts'
import { ALL, good, request } from '../support/request.ts'
import { clearDatabase, createWorld, db } from '../support/world.ts'

beforeEach(clearDatabase)

describe('listConnections', () => {
  it('says whose each is, when the last of its certificates expires, and how many wait', async () => {
    const world = await createWorld({
      tenant: { name: 'Acme' },
      pinned: ['idp', 'idpNext', 'p256'],
    })
    const bare = await createWorld({ tenant: { name: 'Bare' }, pinned: [] })
    const { connectionSid } = world
    await db.run(
      sql`UPDATE certificates SET not_after = rowid WHERE connection_sid = ${connectionSid}`,
    )
    const dates = await db
      .select({ notAfter: certificates.notAfter })
      .from(certificates)
      .where(eq(certificates.connectionSid, connectionSid))
    const wait = (fingerprint: string, refusedAt: number | null) =>
      db.insert(quarantinedCertificates).values({
        connectionSid,
        fingerprint,
        certificate: 'x',
        subject: 'CN=x',
        algorithm: 'x',
        spki: 'x',
        refusedAt,
        createdAt: 1,
      })
    await db.batch([wait('a', null), wait('b', null), wait('c', 1)])
    const { items } = good(await listConnections(request(), undefined, ALL))
    const of = (sid: string) => items.find((item) => item.sid === sid)
    expect(of(connectionSid)).toMatchObject({
      name: 'Tenant IdP',
      tenantName: 'Acme',
      state: 'live',
      lastLoginAt: null,
      certificatesExpireAt: Math.max(...dates.map(({ notAfter }) => notAfter!)),
      quarantined: 2,
    })
    expect(of(bare.connectionSid)).toMatchObject({
      name: 'Tenant IdP',
      tenantName: 'Bare',
      certificatesExpireAt: null,
      quarantined: 0,
    })
    expect(good(await listConnections(request(), world.tenantSid, ALL)).items).toHaveLength(1)
  })

  it('goes on where the page before has ended, and reads the rows of the page alone', async () => {
    const { tenantSid } = await createWorld()
    await db.run(sql`INSERT INTO connections (sid, tenant_sid, name, state, entity_id, created_at, updated_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000)
      SELECT 'CN' || n, ${tenantSid}, 'C', 'live', 'x', n, 1 FROM number`)
    await db.run(sql`INSERT INTO certificates (connection_sid, fingerprint, certificate, subject, algorithm, spki, not_after, created_at)
      SELECT sid, 'f' || n, 'x', 'CN=x', 'x', 'x', n, 1 FROM connections, (SELECT 1 AS n UNION SELECT 2) WHERE created_at <= 2000`)
    for (const of of [undefined, tenantSid]) {
      const { db: counted, cost } = countingDatabase()
      const asked = { ...request(), db: counted }
      const first = good(await listConnections(asked, of, { limit: 10, after: null }))
      // Ten connections, each with a tenant and two certificates, and the one that shows that there
      // are more.
      expect(cost.trips).toBe(1)
      expect(cost.rowsRead).toBeLessThanOrEqual(11 * 7)
      const second = good(await listConnections(asked, of, { limit: 10, after: first.next }))
      expect(cost.rowsRead).toBeLessThanOrEqual(2 * 11 * 7)
      const sids = [...first.items, ...second.items].map(({ sid }) => sid)
      expect(sids.slice(1)).toEqual(Array.from({ length: 19 }, (_, index) => `CN${2000 - index}`))
      expect(second.items.every((item) => item.certificatesExpireAt === 2)).toBe(true)
    }
    expect(await db.select().from(tenants)).toHaveLength(1)
  })
})
