// The SQL of conditions: what goes on until it is over, so that its begin is told once. The event
// and the row are written in one batch, so that a job may run twice.
import { and, eq, gt, not, exists, sql, type SQL } from 'drizzle-orm'
import type { Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { HOUR } from '../../durations.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { excluded } from '../../platform/db/sql.ts'
import { recordEventFrom, type EventOfRows } from '../store.ts'
import { conditions } from '../tables.ts'

export type ConditionName =
  | 'url_unreachable'
  | 'rotation_due'
  | 'sweep_behind'
  | 'database_near_limit'
  | 'failures_unusual'
  | 'scim_deactivations'
  | 'wrong_recovery_codes'
  | 'wrong_recovery_codes_told'
  | 'job_silent'

export type Condition = {
  name: ConditionName
  subject: string | SQL<string>
  /** Milliseconds since 1970. */
  now: number
  /** It is told again after this time, in milliseconds. By default it must end first. */
  period?: number
}

const isIt = ({ name, subject }: Pick<Condition, 'name' | 'subject'>) =>
  and(eq(conditions.name, name), eq(conditions.subject, subject))

/** Records the event where the condition begins. */
export function beginCondition(
  db: Database,
  condition: Condition,
  event: Omit<EventOfRows, 'now'>,
): [Statement, Statement] {
  const { name, subject, now, period } = condition
  const quietSince = period === undefined ? -1 : now - period
  const isTold = exists(
    db
      .select({ since: conditions.since })
      .from(conditions)
      .where(and(isIt(condition), gt(conditions.since, quietSince))),
  )
  return [
    recordEventFrom(db, { ...event, now }, (select) =>
      select.from(sql`(SELECT 1)`).where(not(isTold)),
    ),
    db
      .insert(conditions)
      .values({ name, subject, since: now })
      .onConflictDoUpdate({
        target: [conditions.name, conditions.subject],
        set: { since: excluded(conditions.since) },
        setWhere: sql`${conditions.since} <= ${quietSince}`,
      }),
  ]
}

/** Records the event, if there is one, where the condition was there, and ends it. */
export function endCondition(
  db: Database,
  condition: Omit<Condition, 'period'>,
  event?: Omit<EventOfRows, 'now'>,
): Statement[] {
  const where = isIt(condition)
  return [
    ...(event
      ? [
          recordEventFrom(db, { ...event, now: condition.now }, (select) =>
            select.from(conditions).where(where),
          ),
        ]
      : []),
    db.delete(conditions).where(where),
  ]
}

type HourlyCount = { name: ConditionName; now: number; subject: string | SQL<string> }

/**
 * Counts within an hour that begins with the first. `from` finds who is counted: nobody where it
 * finds no row. It must have a WHERE.
 */
export function countInHour(
  db: Database,
  { name, subject, now }: HourlyCount,
  from: Parameters<typeof insertFromSelect>[3],
) {
  const isOver = sql`${conditions.since} <= ${now - HOUR}`
  const row = { name, subject: sql`${subject}`, since: now, times: sql`1` }
  return insertFromSelect(db, conditions, row, from).onConflictDoUpdate({
    target: [conditions.name, conditions.subject],
    set: {
      times: sql`CASE WHEN ${isOver} THEN 1 ELSE ${conditions.times} + 1 END`,
      since: sql`CASE WHEN ${isOver} THEN ${now} ELSE ${conditions.since} END`,
    },
  })
}

/** The subjects of a condition. */
export async function findConditions(db: Database, name: ConditionName): Promise<string[]> {
  const rows = await db
    .select({ subject: conditions.subject })
    .from(conditions)
    .where(eq(conditions.name, name))
  return rows.map(({ subject }) => subject)
}
