// The table of changes that wait for an operator.
import { index, sqliteTable, text, integer } from 'drizzle-orm/sqlite-core'
import type { ConnectionFields } from '../field.ts'
import { connections } from '../tables.ts'

/**
 * Trust that a customer has proposed for a connection in use: no login trusts it. A customer's edit
 * writes it; both sides read it. Deleted when an operator accepts or declines it, or the customer
 * takes it back. A connection has at most 20.
 */
export const pendingChanges = sqliteTable(
  'pending_changes',
  {
    sid: text('sid').primaryKey(),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    fields: text('fields', { mode: 'json' }).$type<Partial<ConnectionFields>>().notNull(),
    /** To be trusted: X.509, DER in base64. */
    certificates: text('certificates', { mode: 'json' }).$type<string[]>().notNull(),
    /** No longer to be trusted: fingerprints. */
    removed: text('removed', { mode: 'json' }).$type<string[]>().notNull(),
    /** The removed keys are in other hands: sessions end with them. */
    compromised: integer('compromised', { mode: 'boolean' }).notNull().default(false),
    proposedBy: text('proposed_by').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('pending_changes_connection').on(table.connectionSid, table.createdAt)],
)
