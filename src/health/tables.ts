// The table of the last run of each job.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * The last run of each job. Each run of a cron writes a row; the health check reads all of them.
 * Bounded by the number of jobs: rows of jobs that no longer exist are deleted.
 */
export const jobRuns = sqliteTable('job_runs', {
  job: text('job').primaryKey(),
  /** How often its cron runs. */
  everySeconds: integer('every_seconds').notNull(),
  /** When the job was first known. */
  knownAt: integer('known_at').notNull(),
  succeededAt: integer('succeeded_at'),
  failedAt: integer('failed_at'),
  /** How long the last run took. */
  milliseconds: integer('milliseconds'),
  /** What the last run left undone: a JSON object, table to rows. */
  backlog: text('backlog', { mode: 'json' }).$type<Record<string, number>>(),
})
