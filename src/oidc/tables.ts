// Tables of grants and tokens.
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { clients } from '../clients/tables.ts'
import { sessions } from '../sessions/tables.ts'

/**
 * What a client was allowed in a session: an authorization code and the tokens that come from it.
 * The authorization endpoint writes it, the token endpoint spends it. It ends with its session, by
 * revocation, and when a code or refresh token is used again. Deleted 30 days after it expired.
 */
export const grants = sqliteTable(
  'grants',
  {
    sid: text('sid').primaryKey(),
    /** SHA-256 of the authorization code, base64url. */
    codeHash: text('code_hash').notNull(),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
    sessionSid: text('session_sid')
      .notNull()
      .references(() => sessions.sid),
    userSid: text('user_sid').notNull(),
    redirectURI: text('redirect_uri').notNull(),
    scope: text('scope').notNull(),
    nonce: text('nonce'),
    /** S256 (RFC 7636 §4.2). */
    codeChallenge: text('code_challenge').notNull(),
    /** The end of the code's lifetime. */
    codeExpiresAt: integer('code_expires_at').notNull(),
    spentAt: integer('spent_at'),
    /** The end of all its tokens, even if their own expiry is later. */
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('grants_code').on(table.codeHash),
    index('grants_session').on(table.sessionSid),
    index('grants_expires').on(table.expiresAt),
  ],
)

/**
 * Access and refresh tokens. The token endpoint writes them; it and userinfo read them. Deleted a
 * day after they expire.
 */
export const tokens = sqliteTable(
  'tokens',
  {
    /** SHA-256 of the token, base64url. */
    tokenHash: text('token_hash').primaryKey(),
    kind: text('kind', { enum: ['access', 'refresh'] }).notNull(),
    grantSid: text('grant_sid')
      .notNull()
      .references(() => grants.sid),
    expiresAt: integer('expires_at').notNull(),
    /** When a refresh token was exchanged for the next one. */
    spentAt: integer('spent_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('tokens_grant').on(table.grantSid),
    index('tokens_expires').on(table.expiresAt),
  ],
)
