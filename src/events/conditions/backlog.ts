// Tells of tables that a sweep does not keep up with: when that begins, and when it is over.
import type { Database } from '../../platform/db/client.ts'
import { beginCondition, endCondition, findConditions } from './store.ts'

const NAME = 'sweep_behind'

/** `of` is the binding of the database. `backlog`: by table, rows that should be gone. */
export async function tellOfBacklog(
  db: Database,
  of: 'DB' | 'HISTORY',
  backlog: Readonly<Record<string, number>>,
  now: number,
): Promise<void> {
  const event = { actor: { kind: 'maintenance' }, tenantSid: null } as const
  const begun = Object.entries(backlog).filter(([, count]) => count > 0)
  const behind = new Set(begun.map(([table]) => `${of} ${table}`))
  const over = (await findConditions(db, NAME)).filter(
    (subject) => subject.startsWith(`${of} `) && !behind.has(subject),
  )
  const [first, ...rest] = [
    ...begun.flatMap(([table, count]) =>
      beginCondition(
        db,
        { name: NAME, subject: `${of} ${table}`, now },
        { ...event, type: 'sweep.fell_behind', subjectSid: table, after: { table, count } },
      ),
    ),
    ...over.flatMap((subject) => {
      const table = subject.slice(of.length + 1)
      return endCondition(
        db,
        { name: NAME, subject, now },
        { ...event, type: 'sweep.caught_up', subjectSid: table, after: { table } },
      )
    }),
  ]
  if (first) await db.batch([first, ...rest])
}
