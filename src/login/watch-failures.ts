// Tells of connections whose logins fail more often than usual, once a day each.
import { beginCondition, endCondition, findConditions } from '../events/conditions/store.ts'
import type { Database } from '../platform/db/client.ts'
import { askHistory, type LoginHistory } from '../platform/db/history.ts'
import { eachRow } from '../platform/http/each-row.ts'
import { DAY } from '../durations.ts'
import { findRefusals } from './history/store/daily-logins.ts'
import { findUnusual, USUAL_DAYS } from './history/unusual.ts'
import { tenantOf } from './store/tenant-of.ts'

const NAME = 'failures_unusual'

/** Told again the next day, while it lasts. Where HISTORY does not answer, nothing is told. */
export async function watchFailures(db: Database, history: LoginHistory, now: number) {
  const today = now - (now % DAY)
  const read = await askHistory(history, 'watch_failures', (store) =>
    findRefusals(store, today - USUAL_DAYS * DAY),
  )
  if (!read.ok) return
  const unusual = findUnusual(read.value, today)
  const names = new Set(unusual.map(({ connectionSid }) => connectionSid))
  const over = (await findConditions(db, NAME)).filter((subject) => !names.has(subject))
  const named = ({ connectionSid }: (typeof unusual)[number]) => connectionSid
  await eachRow('watch_failing_logins', unusual, { named }, async (row) => {
    const { connectionSid, count, usual } = row
    await db.batch(
      beginCondition(
        db,
        { name: NAME, subject: connectionSid, now, period: DAY },
        {
          actor: { kind: 'maintenance' },
          tenantSid: tenantOf(connectionSid),
          type: 'connection.failures_unusual',
          subjectSid: connectionSid,
          after: { count, usual },
        },
      ),
    )
  })
  for (const subject of over) {
    const [end] = endCondition(db, { name: NAME, subject, now })
    await db.batch([end!])
  }
}
