// The table of erasures.
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Removed } from './erasure.ts'
import type { Sought } from './sought.ts'

/**
 * What was erased or deleted, by whom and when. Operations write it; the job `continue_erasures`
 * goes on with what is not finished. Kept for ever: it is the proof. It names things by SID alone.
 */
export const erasures = sqliteTable(
  'erasures',
  {
    sid: text('sid').primaryKey(),
    kind: text('kind', {
      enum: ['user', 'tenant', 'connection', 'account', 'client', 'rollout'],
    }).notNull(),
    /** SID of what is gone. */
    subjectSid: text('subject_sid').notNull(),
    /** The tenant of it; null: an app. Not a foreign key, since a tenant itself may go. */
    tenantSid: text('tenant_sid'),
    requestedBy: text('requested_by').notNull(),
    /** The step that comes next. */
    step: text('step').notNull(),
    /** Where it goes on within the step. Empty: at its start. */
    position: text('position').notNull().default(''),
    /** 2: looks again for what was on its way when it began. */
    round: integer('round').notNull().default(1),
    /** Not before this time. */
    dueAt: integer('due_at').notNull(),
    /** What the person is recognised by. Null once it is finished, and for other kinds. */
    sought: text('sought', { mode: 'json' }).$type<Sought>(),
    /** Rows removed or changed, by table. */
    removed: text('removed', { mode: 'json' }).$type<Removed>().notNull(),
    createdAt: integer('created_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    uniqueIndex('erasures_subject').on(table.subjectSid),
    index('erasures_created').on(table.createdAt),
    index('erasures_due')
      .on(table.dueAt)
      .where(sql`finished_at IS NULL`),
  ],
)
