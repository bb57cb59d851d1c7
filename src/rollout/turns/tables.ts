// Tables of turns: the steps that wait for a side now.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../../connections/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import type { TurnStep } from './turn.ts'

/**
 * The steps that wait for a side, and since when. `refreshTurns` writes them by the state of
 * connections and rollouts; pages, API and mails read them. Deleted when the step is done.
 */
export const turns = sqliteTable(
  'turns',
  {
    /** SID of the connection, or of the rollout. */
    subjectSid: text('subject_sid').notNull(),
    step: text('step').$type<TurnStep>().notNull(),
    side: text('side', { enum: ['customer', 'operator'] }).notNull(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    beganAt: integer('began_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subjectSid, table.step] }),
    index('turns_side').on(table.side, table.beganAt),
    index('turns_tenant').on(table.tenantSid),
  ],
)

/** One row: how far the audit trail has been read for turns, and how often turns were stored. */
export const turnCursor = sqliteTable('turn_cursor', {
  id: integer('id').primaryKey(),
  /** Of the last event that was looked at. */
  seq: integer('seq').notNull().default(0),
  /** What was read before another run has stored something is not stored. */
  run: integer('run').notNull().default(0),
})
