// Tables of sessions.
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import type { Principal } from '../saml/response/verify-response.ts'

/**
 * Gatepost's own login session. /login/finish and logout write it; every signed-in page reads it.
 * Deleted 30 days after it ended.
 */
export const sessions = sqliteTable(
  'sessions',
  {
    sid: text('sid').primaryKey(),
    /** SHA-256 of the session cookie, base64url. */
    tokenHash: text('token_hash').notNull(),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    attemptSid: text('attempt_sid').notNull(),
    principal: text('principal', { mode: 'json' }).notNull().$type<Principal>(),
    createdAt: integer('created_at').notNull(),
    /** The last use, to the minute, so that few requests write this row. */
    lastSeenAt: integer('last_seen_at').notNull().default(0),
    /** The fixed end: our absolute lifetime or the IdP's SessionNotOnOrAfter, the earlier one. */
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
    /** Why it ended early. */
    endedBecause: text('ended_because', {
      enum: ['logout', 'revoked', 'user_suspended', 'connection_suspended', 'tenant_suspended'],
    }),
  },
  (table) => [
    uniqueIndex('sessions_token').on(table.tokenHash),
    index('sessions_user').on(table.userSid, table.createdAt),
    index('sessions_connection').on(table.connectionSid, table.createdAt),
    index('sessions_expires').on(table.expiresAt),
  ],
)
