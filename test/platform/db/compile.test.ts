// Statements that are built once and bound for each call: real D1 carries them out.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { batch, changedBy, query, type Statement } from '../../../src/platform/db/batch.ts'
import type { Database } from '../../../src/platform/db/client.ts'
import { compile, encoded } from '../../../src/platform/db/compile.ts'
import { insertFromSelect } from '../../../src/platform/db/insert-from-select.ts'
import { clients, tenants } from '../../../src/platform/db/schema.ts'
import { clearDatabase, db } from '../../support/world.ts'

beforeEach(clearDatabase)

type TenantParameters = { sid: SQL<string>; name: SQL<string>; now: SQL<number> }

const CLIENT = {
  name: 'App',
  clientType: 'public' as const,
  redirectURIs: [],
  createdAt: 1,
  updatedAt: 1,
}

const DATES = sqliteTable('dates', { at: integer({ mode: 'timestamp' }) })

let built = 0
const add = compile('add', (builder, { sid, name, now }: TenantParameters) => {
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
      // A tenant is found by its name: a trigger adds a word of it.
      expect(changedBy(results.insert)).toBeGreaterThan(0)
      expect(results.nothing).toBeUndefined()
      expect(results.several.map((one) => changedBy(one) >= 1)).toEqual([true, true])
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
    const register = compile('register', (builder, { sid, uris, isDefault }: Encoded) => ({
      insert: insertFromSelect(
        builder,
        clients,
        {
          sid,
          ...CLIENT,
          redirectURIs: encoded(uris, clients.redirectURIs),
          isDefault: encoded(isDefault, clients.isDefault),
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
    await expect(batch(db, bound)).rejects.toThrow('no value for the parameter now')
  })

  it('is sent by batch() alone', async () => {
    await expect(
      (async () => db.batch([add({ sid: 'TN1', name: 'x', now: 1 }).insert]))(),
    ).rejects.toThrow()
    expect(await db.$count(tenants)).toBe(0)
  })

  it('leaves out the object of a left join that found no row', async () => {
    const joined = compile('joined', (builder, { sid }: { sid: SQL<string> }) => ({
      found: builder
        .select({
          tenant: { sid: tenants.sid },
          client: { sid: clients.sid, isDefault: clients.isDefault },
          // Of two tables: drizzle leaves such an object.
          both: { clientSid: clients.sid, tenantSid: tenants.sid },
        })
        .from(tenants)
        .leftJoin(clients, eq(clients.name, tenants.name))
        .where(eq(tenants.sid, sid)),
    }))
    await batch(db, add({ sid: 'TN1', name: 'one', now: 1 }))
    const tenant = { sid: 'TN1' }
    expect(await query(db, joined({ sid: 'TN1' }).found)).toEqual([
      { tenant, client: null, both: { clientSid: null, tenantSid: 'TN1' } },
    ])
    await db.insert(clients).values({ ...CLIENT, sid: 'CL1', name: 'one', isDefault: true })
    expect(await query(db, joined({ sid: 'TN1' }).found)).toEqual([
      {
        tenant,
        client: { sid: 'CL1', isDefault: true },
        both: { clientSid: 'CL1', tenantSid: 'TN1' },
      },
    ])
  })

  it.each<[string, (builder: Database) => Statement]>([
    [
      'no known column encodes',
      (builder) =>
        builder.select({ found: sql`1`.mapWith((text: string) => text.trim()) }).from(tenants),
    ],
    ['no known column encodes', (builder) => builder.select().from(DATES)],
    [
      'an object in an object',
      (builder) => builder.select({ one: { two: { three: tenants.sid } } as never }).from(tenants),
    ],
    [
      'a parameter of type bigint',
      (builder) => builder.select({ found: sql`${1n}` }).from(tenants),
    ],
  ])('is refused with what the data cannot say: %s', (words, build) => {
    const one = compile('refused', (builder) => ({ found: build(builder) }))
    expect(() => one({})).toThrow(TypeError)
    expect(() => one({})).toThrow(words)
  })
})
