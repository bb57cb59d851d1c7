// The client of D1, with the real one behind it: what is sent again, and what callers see.
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { batch } from '../../../src/platform/db/batch.ts'
import {
  isForeignKeyViolation,
  isNotNullViolation,
  isUniqueViolation,
  openDatabase,
} from '../../../src/platform/db/client.ts'
import { openKeyValueStore } from '../../../src/platform/kv/kv.ts'
import { memberships, tenants } from '../../../src/platform/db/schema.ts'
import { storageErrorOf } from '../../../src/platform/storage/storage-error.ts'
import { clearDatabase, db } from '../../support/world.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'

const tenant = (sid: string) => ({ sid, name: sid, plan: 'enterprise' as const, createdAt: 1 })
const LOST = 'D1_ERROR: Network connection lost.'

let lines: Record<string, unknown>[] = []
beforeEach(async () => {
  await clearDatabase()
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)))
})
afterEach(() => vi.restoreAllMocks())

/** Loses the first answers: before D1 has carried the call out, or after. */
function losing(answers: number, when: 'before' | 'after', message = LOST) {
  const sent = { calls: 0 }
  const binding = wrapD1(env.DB, async (trip) => {
    const isLost = ++sent.calls <= answers
    if (isLost && when === 'before') throw new Error(message)
    const results = await trip()
    if (isLost) throw new Error(message)
    return results
  })
  return { sent, db: openDatabase(binding) }
}

const codeOf = (error: unknown) => storageErrorOf(error)?.code

describe('the client', () => {
  it('reads again, by query and by batch', async () => {
    await db.insert(tenants).values(tenant('TN1'))
    const one = losing(2, 'after')
    expect(await one.db.select({ sid: tenants.sid }).from(tenants)).toEqual([{ sid: 'TN1' }])
    const several = losing(2, 'before')
    const { found } = await batch(several.db, {
      found: several.db.select({ sid: tenants.sid }).from(tenants),
      count: several.db.select({ sid: tenants.sid }).from(tenants),
    })
    expect([found, several.sent.calls]).toEqual([[{ sid: 'TN1' }], 3])
  })

  it('writes once where the answer was lost', async () => {
    const { db: lost, sent } = losing(1, 'after')
    const error = await lost
      .insert(tenants)
      .values(tenant('TN1'))
      .catch((reason: unknown) => reason)
    expect([codeOf(error), sent.calls]).toEqual(['connection_lost', 1])
    expect(await db.$count(tenants)).toBe(1)
  })

  it('writes again where D1 has not taken the batch', async () => {
    const { db: queued, sent } = losing(1, 'before', 'D1_ERROR: D1 DB is overloaded. Wait.')
    await batch(queued, { insert: queued.insert(tenants).values(tenant('TN1')) })
    expect([sent.calls, await db.$count(tenants)]).toEqual([2, 1])
  })

  it('repeats a batch that reads and writes only if the caller says so', async () => {
    await db.insert(tenants).values(tenant('TN1'))
    const rename = async (isRepeatable: boolean) => {
      const { db: lost, sent } = losing(1, 'after')
      const error = await batch(
        lost,
        {
          rename: lost.update(tenants).set({ name: 'other' }),
          found: lost.select({ name: tenants.name }).from(tenants),
        },
        { isRepeatable },
      ).catch((reason: unknown) => reason)
      return [codeOf(error), sent.calls]
    }
    expect(await rename(false)).toEqual(['connection_lost', 1])
    expect(await rename(true)).toEqual([undefined, 2])
  })

  it('does not take WITH for reading, which may introduce a write', async () => {
    const { db: lost, sent } = losing(1, 'after')
    await expect(lost.all(sql`WITH a AS (SELECT 1) SELECT * FROM a`)).rejects.toThrow()
    expect(sent.calls).toBe(1)
  })

  it('knows the constraints that D1 itself reports', async () => {
    await db.insert(tenants).values(tenant('TN1'))
    const broken = async (work: Promise<unknown>) => {
      const error = await work.catch((reason: unknown) => reason)
      return [
        codeOf(error),
        isUniqueViolation(error),
        isNotNullViolation(error),
        isForeignKeyViolation(error),
      ]
    }
    const again = db.insert(tenants).values(tenant('TN1'))
    expect(await broken(again)).toEqual(['constraint', true, false, false])
    expect(await broken(db.batch([again]))).toEqual(['constraint', true, false, false])
    const none = db.update(tenants).set({ name: sql`NULL` })
    expect(await broken(none)).toEqual(['constraint', false, true, false])
    const nobody = { userSid: 'US1', accountSid: 'AC1', createdAt: 1 }
    const orphan = db.insert(memberships).values(nobody as typeof memberships.$inferInsert)
    expect(await broken(orphan)).toEqual(['constraint', false, false, true])
  })

  it('knows a table and a column that D1 does not have', async () => {
    const missing = [
      db.all(sql`SELECT * FROM nothing_of_this_name`),
      db.select({ none: sql`none_of_this_name` }).from(tenants),
    ]
    for (const query of missing)
      expect(codeOf(await query.then(undefined, (reason: unknown) => reason))).toBe('schema')
  })

  it('logs codes, and no value', async () => {
    const { db: lost } = losing(9, 'before')
    const secret = 'alice@tenant.example'
    await lost
      .select()
      .from(tenants)
      .where(eq(tenants.name, secret))
      .catch(() => {})
    expect(lines).toHaveLength(4)
    expect(JSON.stringify(lines)).not.toContain(secret)
    expect(lines[3]).toEqual({
      event: 'storage_fault',
      store: 'DB',
      code: 'connection_lost',
      try: 4,
      again: false,
    })
  })
})

describe('the client of KV', () => {
  it('puts and gets again, and knows what is not there', async () => {
    let calls = 0
    const failing = <T>(work: () => Promise<T>) => {
      if (++calls % 2 === 1) throw new Error('KV GET failed: 503 Service Unavailable')
      return work()
    }
    const kv = openKeyValueStore({
      get: (key: string, type: 'json') => failing(() => env.RELAY.get(key, type)),
      put: (key: string, value: string, options: KVNamespacePutOptions) =>
        failing(() => env.RELAY.put(key, value, options)),
    } as unknown as KVNamespace)
    await kv.put('a key', { a: 1 }, 60)
    expect([await kv.get('a key'), calls]).toEqual([{ a: 1 }, 4])
    expect(await kv.get('no key')).toBeNull()
  })
})
