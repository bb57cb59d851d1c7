// A chunk costs what its rows cost, however many colleagues there are and however long the list is.
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/client.ts'
import type { Outcome, Request } from '../../src/outcome.ts'
import { CHUNK } from '../../src/rollout/list/store.ts'
import {
  approve,
  decideMembers,
  enable,
  enforce,
  freeze,
  inform,
  refreshFindings,
  review,
  rollBack,
} from '../../src/rollout/operations.ts'
import { createReadyCustomer, db, good } from './customer.ts'

/** A database that counts the rows that statements read, and the statements. */
function counting() {
  const cost = { rows: 0, statements: 0 }
  const note = <T>(results: T): T => {
    for (const { meta } of [results].flat() as D1Result[]) {
      cost.rows += meta?.rows_read ?? 0
      cost.statements++
    }
    return results
  }
  const real = new WeakMap<object, D1PreparedStatement>()
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const run = (method: 'all' | 'run' | 'raw') => async () =>
      note(await (statement[method] as () => Promise<unknown>)())
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: run('all'),
      run: run('run'),
      raw: run('raw'),
    } as unknown as D1PreparedStatement
    real.set(wrapped, statement)
    return wrapped
  }
  const binding = {
    prepare: (query: string) => wrap(env.DB.prepare(query)),
    batch: async (statements: D1PreparedStatement[]) =>
      note(await env.DB.batch(statements.map((statement) => real.get(statement)!))),
  } as unknown as D1Database
  return { cost, database: openDatabase(binding) }
}

/** What the dearest call of each step costs, with that many people on the list. */
async function measure(
  people: number,
): Promise<Record<string, { rows: number; statements: number }>> {
  const c = await createReadyCustomer([])
  await db.run(
    sql`INSERT INTO users (sid, tenant_sid, email, email_key, sign_in_method, connection_sid, created_at, updated_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${people})
      SELECT 'US' || lower(hex(randomblob(16))), ${c.tenantSid}, i || '@cost.example', i || '@cost.example', 'password', NULL, 5, 5 FROM n`,
  )
  await c.verifyDomain('cost.example')
  await db.run(
    sql`INSERT INTO memberships SELECT ${c.account}, sid FROM users WHERE tenant_sid = ${c.tenantSid}`,
  )
  const sid = await c.select({ accounts: [c.account], domains: ['cost.example'] })
  const costs: Record<string, { rows: number; statements: number }> = {}
  const step = async <T>(name: string, call: (ask: Request) => Promise<Outcome<T>>) => {
    for (;;) {
      const { cost, database } = counting()
      const value = good(await call({ ...c.ask(), db: database }))
      // The last call of a freeze counts the whole list, once: it is no chunk.
      if ((value as { done?: boolean }).done === true) return
      const dearest = costs[name] ?? { rows: 0, statements: 0 }
      costs[name] = {
        rows: Math.max(dearest.rows, cost.rows),
        statements: Math.max(dearest.statements, cost.statements),
      }
      if (!('done' in (value as object))) return
    }
  }
  const begun = good(await freeze(c.ask(), sid))
  const { version } = begun
  await step('freeze', (ask) => freeze(ask, sid))
  good(await refreshFindings(c.ask(), sid))
  await step('look again', (ask) => refreshFindings(ask, sid))
  await step('decide', (ask) =>
    decideMembers(ask, sid, version, { finding: 'never_proved' }, { included: true, reason: null }),
  )
  good(await review(c.ask(), sid, { version, includedExistInIdP: true }))
  good(await enable(c.ask(), sid, { version }))
  await step('enable', (ask) => enable(ask, sid, { version }))
  good(await inform(c.ask(), sid, { version }))
  await c.finish(() => inform(c.ask(), sid, { version }))
  good(await approve(c.ask(), sid, { version }))
  const all = { version, scope: 'all', lockedOut: people + 1 } as const
  good(await enforce(c.ask(), sid, all))
  await step('enforce', (ask) => enforce(ask, sid, all))
  good(await rollBack(c.ask(), sid, { to: 'password' }))
  await step('roll back', (ask) => rollBack(ask, sid, { to: 'password' }))
  return costs
}

it('reads as many rows a chunk for 2,000 people as for 200, and asks a bounded number of questions', async () => {
  CHUNK.rows = 50
  try {
    const few = await measure(200)
    const many = await measure(2000)
    expect(Object.keys(many)).toHaveLength(6)
    for (const [step, { rows, statements }] of Object.entries(many)) {
      expect(rows, step).toBeLessThanOrEqual(few[step]!.rows * 1.1 + 10)
      // Free plans have 50 queries an invocation.
      expect(statements, step).toBeLessThanOrEqual(25)
    }
  } finally {
    CHUNK.rows = 1000
  }
})
