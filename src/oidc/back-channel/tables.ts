// The table of logout deliveries.
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { clients } from '../../clients/tables.ts'

/**
 * Logout tokens for clients whose session ended (OpenID Connect Back-Channel Logout 1.0). A
 * trigger writes them when a session ends, so that no code path can forget it; the sender takes
 * them. Their SIDs begin with the time. Bounded by time: deleted a day after they were sent, and
 * seven days after the session if they were given up.
 */
export const logoutDeliveries = sqliteTable(
  'logout_deliveries',
  {
    sid: text('sid').primaryKey(),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
    sessionSid: text('session_sid').notNull(),
    userSid: text('user_sid').notNull(),
    /** Tries so far. */
    tries: integer('tries').notNull().default(0),
    /** The next try; null: sent, or given up. */
    dueAt: integer('due_at'),
    /** Why the last try failed: a word or the status, nothing else of the response. */
    failure: text('failure'),
    sentAt: integer('sent_at'),
    /** When it was given up: a dead letter. */
    deadAt: integer('dead_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('logout_deliveries_due')
      .on(table.dueAt)
      .where(sql`due_at IS NOT NULL`),
    index('logout_deliveries_client').on(table.clientSid, table.sid),
    index('logout_deliveries_sent')
      .on(table.sentAt)
      .where(sql`sent_at IS NOT NULL`),
    index('logout_deliveries_dead')
      .on(table.createdAt)
      .where(sql`dead_at IS NOT NULL`),
  ],
)
