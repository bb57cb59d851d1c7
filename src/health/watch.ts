// Tells when the database comes near its limit, and when it has room again.
import { beginCondition, endCondition } from '../events/conditions/store.ts'
import type { Database } from '../platform/db/client.ts'
import { judgeSize } from './checks.ts'
import { readFacts } from './store.ts'

const CONDITION = { name: 'database_near_limit', subject: 'DB' } as const

/** By the mark at which the health check fails. Running it twice tells once. */
export async function watchDatabase(db: Database, limitGB: number, now: number): Promise<void> {
  const { bytes } = await readFacts(db, now)
  await tellOfSize(db, bytes, limitGB, now)
}

export async function tellOfSize(
  db: Database,
  bytes: number,
  limitGB: number,
  now: number,
): Promise<void> {
  const event = {
    actor: { kind: 'maintenance' },
    tenantSid: null,
    subjectSid: 'DB',
    after: { bytes, limitGB },
  } as const
  const condition = { ...CONDITION, now }
  const [first, ...rest] =
    judgeSize(bytes, limitGB).state === 'ok'
      ? endCondition(db, condition, { ...event, type: 'database.below_limit' })
      : beginCondition(db, condition, { ...event, type: 'database.near_limit' })
  await db.batch([first!, ...rest])
}
