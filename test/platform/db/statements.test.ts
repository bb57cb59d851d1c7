// Batches whose results have names, and INSERT … SELECT by the names of columns.
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { batch, changedBy, guardedBatch } from '../../../src/platform/db/batch.ts'
import { insertFromSelect } from '../../../src/platform/db/insert-from-select.ts'
import { clients, tenants } from '../../../src/platform/db/schema.ts'
import { excluded, listed, qualified, rowsOf } from '../../../src/platform/db/sql.ts'
import { clearDatabase, db } from '../../support/world.ts'

const tenant = (sid: string) => ({ sid, name: sid, plan: 'enterprise' as const, createdAt: 1 })

beforeEach(clearDatabase)

describe('a batch', () => {
  it('gives each result the name of its statement, lists and gaps among them', async () => {
    const results = await batch(db, {
      insert: db.insert(tenants).values(tenant('TN1')),
      nothing: undefined,
      several: ['TN2', 'TN3'].map((sid) => db.insert(tenants).values(tenant(sid))),
      none: [],
      rename: db.update(tenants).set({ name: 'other' }),
      found: db.select({ sid: tenants.sid, name: tenants.name }).from(tenants),
    })
    // Triggers note the words that a tenant is found by.
    expect(changedBy(results.insert)).toBeGreaterThanOrEqual(1)
    expect(results.nothing).toBeUndefined()
    expect(results.several.map((one) => changedBy(one) >= 1)).toEqual([true, true])
    expect(results.none).toEqual([])
    expect(changedBy(results.rename)).toBeGreaterThanOrEqual(3)
    expect(results.found).toContainEqual({ sid: 'TN3', name: 'other' })
  })

  it('without a statement does nothing', async () => {
    expect(await batch(db, { nothing: undefined, none: [] })).toEqual({
      nothing: undefined,
      none: [],
    })
  })

  it('is taken back by a guard, and throws what is none', async () => {
    await db.insert(tenants).values(tenant('TN1'))
    const add = (guard: boolean) =>
      guardedBatch(db, {
        insert: db.insert(tenants).values(tenant('TN2')),
        guard: db
          .update(tenants)
          .set({ name: sql`CASE WHEN ${guard ? 1 : 0} = 1 THEN ${tenants.name} END` }),
      })
    expect(await add(false)).toBeUndefined()
    expect(await db.$count(tenants)).toBe(1)
    expect(await add(true)).toBeDefined()
    expect(await db.$count(tenants)).toBe(2)
    await expect(add(true)).rejects.toThrow()
  })
})

describe('an INSERT from a SELECT', () => {
  it('binds values by the type of their column, and fills in defaults and NULL', async () => {
    const named = rowsOf(['CL1', 'CL2'])
    await insertFromSelect(
      db,
      clients,
      {
        updatedAt: 2,
        redirectURIs: ['https://app.example'],
        sid: named.value,
        name: sql`'app ' || ${named.value}`,
        isDefault: false,
        clientType: 'public',
        createdAt: 1,
      },
      (select) => select.from(named.from),
    )
    const [row] = await db.select().from(clients).where(eq(clients.sid, 'CL2'))
    expect(row).toMatchObject({
      name: 'app CL2',
      redirectURIs: ['https://app.example'],
      postLogoutRedirectURIs: [],
      isDefault: false,
      secretHash: null,
    })
  })

  it('takes columns of the table that is read, and what it has kept out', async () => {
    await db.insert(tenants).values([tenant('TN1'), { ...tenant('TN2'), createdAt: 5 }])
    await insertFromSelect(
      db,
      tenants,
      { sid: tenants.sid, name: 'again', plan: tenants.plan, createdAt: tenants.createdAt },
      (select) => select.from(tenants).where(eq(tenants.sid, 'TN2')),
    ).onConflictDoUpdate({ target: tenants.sid, set: { name: excluded(tenants.name) } })
    const rows = await db.select().from(tenants).orderBy(tenants.sid)
    expect(rows.map(({ name }) => name)).toEqual(['TN1', 'again'])
  })
})

it('keeps the outer table in a subquery of a selected expression', async () => {
  await db.insert(tenants).values([tenant('TN1'), tenant('TN2')])
  const same = sql<number>`(SELECT count(*) FROM ${clients} WHERE ${clients.sid} = ${tenants.sid})`
  await db.insert(clients).values({
    sid: 'TN1',
    name: '',
    clientType: 'public',
    redirectURIs: [],
    createdAt: 1,
    updatedAt: 1,
  })
  const rows = await db
    .select({ same: qualified(same) })
    .from(tenants)
    .where(sql`${tenants.sid} IN ${listed(['TN1', 'TN2'])}`)
    .orderBy(tenants.sid)
  expect(rows.map((row) => row.same)).toEqual([1, 0])
})
