// The table of grants.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { clients } from '../clients/tables.ts'
import { sessions } from '../sessions/tables.ts'

/**
 * What a client was allowed in a session. The authorization endpoint writes it, the token endpoint
 * spends its code. Tokens have no rows: each names its grant, and the grant decides
 * (grant-token.ts). It ends with its session, by revocation, and when a code or refresh token is
 * used again. Bounded by time: deleted with its session.
 */
export const grants = sqliteTable(
  'grants',
  {
    sessionSid: text('session_sid')
      .notNull()
      .references(() => sessions.sid),
    /** SHA-256 of the secret that the code and all tokens of the grant share, base64url. */
    secretHash: text('secret_hash').notNull(),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
    redirectURI: text('redirect_uri').notNull(),
    scope: text('scope').notNull(),
    nonce: text('nonce'),
    /** S256 (RFC 7636 §4.2); null: the request had none. */
    codeChallenge: text('code_challenge'),
    /** The end of the code's lifetime. */
    codeExpiresAt: integer('code_expires_at').notNull(),
    /** When the code was exchanged. */
    spentAt: integer('spent_at'),
    /** The exchange that spent the code: if its answer was lost, it may ask again. */
    spentBy: text('spent_by'),
    endedAt: integer('ended_at'),
    /** Access tokens that were issued until then are revoked. */
    accessRevokedAt: integer('access_revoked_at'),
    /** The number of the newest refresh token: public clients get the next one at each use. */
    refreshNumber: integer('refresh_number').notNull().default(0),
    /** When that refresh token replaced the one before. */
    refreshedAt: integer('refreshed_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionSid, table.secretHash] })],
)
