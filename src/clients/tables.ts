// Tables of clients: the apps that sign users in by OpenID Connect.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/**
 * An app of the vendor that signs its users in through Gatepost by OpenID Connect. Its fields are
 * those of OpenID Connect Dynamic Client Registration 1.0. Operators write it; every authorization
 * and token request reads it. Kept for ever: a client is disabled, not deleted.
 */
export const clients = sqliteTable(
  'clients',
  {
    /** The `client_id`. */
    sid: text('sid').primaryKey(),
    name: text('name').notNull(),
    /** RFC 6749 §2.1: a confidential client has a secret, a public one has none. */
    clientType: text('client_type', { enum: ['confidential', 'public'] }).notNull(),
    /** SHA-256 of the secret, base64url; null: a public client. */
    secretHash: text('secret_hash'),
    /** The previous secret and how long it stays valid. */
    previousSecretHash: text('previous_secret_hash'),
    previousSecretUntil: integer('previous_secret_until'),
    /** Compared byte for byte. */
    redirectURIs: text('redirect_uris', { mode: 'json' }).$type<string[]>().notNull(),
    postLogoutRedirectURIs: text('post_logout_redirect_uris', { mode: 'json' })
      .$type<string[]>()
      .notNull()
      .default(sql`'[]'`),
    /** Where users without SSO continue, with the authorization request unchanged. */
    passwordLoginURL: text('password_login_url'),
    /** The target of logins that begin at an IdP (OpenID Connect Core 1.0 §4). */
    initiateLoginURI: text('initiate_login_uri'),
    backchannelLogoutURI: text('backchannel_logout_uri'),
    /** How long the app's own sessions may last. 0: no longer than ours. */
    sessionDays: integer('session_days').notNull().default(0),
    /** When the client gets refresh tokens: at each login, or if it asks for `offline_access`. */
    refreshTokens: text('refresh_tokens', { enum: ['always', 'offline_access', 'never'] })
      .notNull()
      .default('offline_access'),
    accessTokenSeconds: integer('access_token_seconds').notNull().default(3600),
    /** The algorithm of its ID and logout tokens. */
    idTokenSignedResponseAlg: text('id_token_signed_response_alg', { enum: ['RS256', 'ES256'] })
      .notNull()
      .default('RS256'),
    /** PKCE with S256. Optional for clients with a secret alone. */
    pkce: text('pkce', { enum: ['required', 'optional'] })
      .notNull()
      .default('required'),
    /** When it last exchanged a code that neither PKCE nor a nonce protected, to within a day. */
    unprotectedCodeAt: integer('unprotected_code_at'),
    /** True for the one client that IdP-initiated logins go to when they name no app. */
    isDefault: integer('is_default', { mode: 'boolean' }).notNull().default(false),
    disabledAt: integer('disabled_at'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('clients_default')
      .on(table.isDefault)
      .where(sql`is_default = 1`),
    index('clients_created').on(table.createdAt),
  ],
)

/**
 * Origins that a login may return to because a client names them. Written with the client; read by
 * one key when `return_to` is an absolute URL.
 */
export const clientOrigins = sqliteTable(
  'client_origins',
  {
    /** Like `https://app.vendor.example`. */
    origin: text('origin').notNull(),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
  },
  (table) => [
    primaryKey({ columns: [table.origin, table.clientSid] }),
    index('client_origins_client').on(table.clientSid),
  ],
)
