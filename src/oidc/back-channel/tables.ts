// Tables of logout tokens to be sent.
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { clients } from '../../clients/tables.ts'

/**
 * Logout tokens to be sent to clients whose session has ended (OpenID Connect Back-Channel Logout 1.0). Written by a trigger when
 * a session ends, so that no way of ending one can forget it; taken by the sender. Dies 30 days after it was sent or given up.
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
    /** When it is tried next; null: sent, or given up. */
    dueAt: integer('due_at'),
    /** What the last try came to, where it failed: a word, and no more of the answer than its status. */
    failure: text('failure'),
    sentAt: integer('sent_at'),
    /** When it was given up: these are the dead letters. */
    deadAt: integer('dead_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('logout_deliveries_due')
      .on(table.dueAt)
      .where(sql`due_at IS NOT NULL`),
    index('logout_deliveries_client').on(table.clientSid, table.createdAt),
    index('logout_deliveries_created').on(table.createdAt),
    index('logout_deliveries_dead')
      .on(table.createdAt)
      .where(sql`dead_at IS NOT NULL`),
  ],
)
