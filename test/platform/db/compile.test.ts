// Statements that are built once and bound for each call: real D1 carries them out.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { batch, changedBy } from '../../../src/platform/db/batch.ts'
import { compile, encoded } from '../../../src/platform/db/compile.ts'
import { insertFromSelect } from '../../../src/platform/db/insert-from-select.ts'
import { clients, tenants } from '../../../src/platform/db/schema.ts'
import { clearDatabase, db } from '../../support/world.ts'

beforeEach(clearDatabase)

type TenantParameters = { sid: SQL<string>; name: SQL<string>; now: SQL<number> }

let built = 0
const add = compile((builder, { sid, name, now }: TenantParameters) => {
  built++
  return {
    insert: builder.insert(tenants).values({ sid, name, plan: 'enterprise', createdAt: now }),
    nothing: undefined,
    several: [1, 2].map((more) =>
      builder
        .update(tenants)
        .set({ createdAt: sql`${tenants.createdAt} + ${more}` })
        .where(eq(tenants.sid, sid)),
    ),
    found: builder
      .select({ name: tenants.name, plan: tenants.plan, createdAt: tenants.createdAt })
      .from(tenants)
      .where(and(eq(tenants.sid, sid), eq(tenants.name, name))),
  }
})

describe('a compiled batch', () => {
  it('is built once, and bound for each call', async () => {
    built = 0
    for (const [sid, name, now] of [
      ['TN1', 'one', 5],
      ['TN2', "two' OR 1=1 --", 7],
    ] as const) {
      const results = await batch(db, add({ sid, name, now }))
      expect(changedBy(results.insert)).toBe(1)
      expect(results.nothing).toBeUndefined()
      expect(results.several.map(changedBy)).toEqual([1, 1])
      expect(results.found).toEqual([{ name, plan: 'enterprise', createdAt: now + 3 }])
    }
    expect(built).toBe(1)
  })

  it('keeps the values of one call from those of another that was bound before it ran', async () => {
    const first = add({ sid: 'TN1', name: 'one', now: 1 })
    const second = add({ sid: 'TN2', name: 'two', now: 1 })
    await batch(db, second)
    expect((await batch(db, first)).found).toMatchObject([{ name: 'one' }])
  })

  it('encodes and decodes by the type of the column', async () => {
    type Encoded = { sid: SQL<string>; uris: SQL<string[]>; isDefault: SQL<boolean> }
    const register = compile((builder, { sid, uris, isDefault }: Encoded) => ({
      insert: insertFromSelect(
        builder,
        clients,
        {
          sid,
          name: 'App',
          tokenEndpointAuthMethod: 'none',
          redirectURIs: encoded(uris, clients.redirectURIs),
          isDefault: encoded(isDefault, clients.isDefault),
          createdAt: 1,
          updatedAt: 1,
        },
        (select) => select.from(sql`(SELECT 1)`),
      ),
      found: builder.select().from(clients).where(eq(clients.sid, sid)),
    }))
    const uris = ['https://app.example/a', 'https://app.example/b']
    const { found } = await batch(db, register({ sid: 'CL1', uris, isDefault: true }))
    expect(found).toMatchObject([{ sid: 'CL1', redirectURIs: uris, isDefault: true }])
  })

  it('needs every value', async () => {
    const values = { sid: 'TN1', name: 'one' } as unknown as Parameters<typeof add>[0]
    const bound = add(values)
    await expect(batch(db, bound)).rejects.toThrow('now')
  })

  it('is sent by batch() alone', async () => {
    await expect(
      (async () => db.batch([add({ sid: 'TN1', name: 'x', now: 1 }).insert]))(),
    ).rejects.toThrow()
    expect(await db.$count(tenants)).toBe(0)
  })
})
