// The tables of back-channel logout: deliveries, and apps whose sessions outlive ours.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { clients } from '../../clients/tables.ts'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'

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
    /** Null: our session is gone, and the token has `sub` alone (§2.4). */
    sessionSid: text('session_sid'),
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

/**
 * Apps that may have a session of a user for longer than ours, because their `sessionDays` says
 * so. A login writes nothing here: a trigger does, when the grant of a session that has run out is
 * swept. Ending a session of an app only writes `endedAt`: a trigger queues its logout token and
 * deletes the row. Bounded by users and apps, and by time: deleted when it has expired.
 */
export const appSessions = sqliteTable(
  'app_sessions',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
    /** The end of a day, so that several logins of a day write once. */
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.userSid, table.clientSid] }),
    index('app_sessions_expires').on(table.expiresAt),
  ],
)
