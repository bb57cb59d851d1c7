// A chunk costs what its rows cost, however many colleagues there are and however long the list is.
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import type { OperationContext } from '../../src/events/operation-context.ts'
import type { Problem } from '../../src/problem.ts'
import type { Result } from '../../src/result.ts'
import { CHUNK } from '../../src/rollout/list/store/freezing.ts'
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
import { countingDatabase } from '../support/counting.ts'
import { NO_COST, type Cost } from '../support/wrap-d1.ts'
import { createReadyCustomer, db, good } from './customer.ts'

/** What the dearest call of each step costs, with that many people on the list. */
async function measure(people: number): Promise<Record<string, Cost>> {
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
  const costs: Record<string, Cost> = {}
  const step = async <T>(
    name: string,
    call: (ask: OperationContext) => Promise<Result<T, Problem>>,
  ) => {
    for (;;) {
      const { cost, db: counted } = countingDatabase()
      const value = good(await call({ ...c.ask(), db: counted }))
      // The last call of a freeze counts the whole list, once: it is no chunk.
      if ((value as { done?: boolean }).done === true) return
      const dearest = (costs[name] ??= { ...NO_COST })
      for (const of of Object.keys(cost) as (keyof Cost)[])
        dearest[of] = Math.max(dearest[of], cost[of])
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
    for (const [step, cost] of Object.entries(many)) {
      // Which rows a chunk ends with is chance, and so is a row more or less.
      expect(cost.rowsRead, step).toBeLessThanOrEqual(few[step]!.rowsRead * 1.1 + 10)
      // D1 has 50 queries an invocation on the free plan, and for a query 100 bound parameters and
      // 100 KB.
      expect(cost.statements, step).toBeLessThanOrEqual(25)
      expect(cost.parameters, step).toBeLessThanOrEqual(100)
      expect(cost.length, step).toBeLessThanOrEqual(100_000)
    }
  } finally {
    CHUNK.rows = 1000
  }
})
