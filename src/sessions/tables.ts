// Tables of sessions.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import type { Principal } from '../saml/response/verify-response.ts'

/**
 * Gatepost's own login session. /login/finish and logout write it; every signed-in page reads it.
 * Its SID begins with the time when it was opened, and the cookie names the SID: one key serves
 * look-ups, lists and sweeps. Bounded by time: deleted once it was opened twice as long ago as a
 * session may last.
 */
export const sessions = sqliteTable(
  'sessions',
  {
    sid: text('sid').primaryKey(),
    /** SHA-256 of the secret in the session cookie, base64url. */
    tokenHash: text('token_hash').notNull(),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    attemptSid: text('attempt_sid').notNull(),
    principal: text('principal', { mode: 'json' }).notNull().$type<Principal>(),
    /** The certificate whose key signed the response: the first 16 digits of its fingerprint. */
    certificate: text('certificate').notNull().default(''),
    createdAt: integer('created_at').notNull(),
    /** The last use, to the minute, so that few requests write this row. */
    lastSeenAt: integer('last_seen_at').notNull().default(0),
    /** The fixed end: our absolute lifetime or the IdP's SessionNotOnOrAfter, the earlier one. */
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
    /** Why it ended early. */
    endedBecause: text('ended_because', {
      enum: [
        'logout',
        'revoked',
        'idp_revoked',
        'user_suspended',
        'connection_suspended',
        'tenant_suspended',
        'connection_withdrawn',
        'certificate_removed',
        'sso_turned_off',
        'moved',
        'plan_lost',
      ],
    }),
  },
  (table) => [
    index('sessions_user').on(table.userSid, table.sid),
    index('sessions_connection').on(table.connectionSid, table.sid),
    neverOfProbe('sessions', table),
  ],
)
