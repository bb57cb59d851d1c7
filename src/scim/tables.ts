// Tables of SCIM: its bearer tokens, and what IdPs said of users.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'

/**
 * Bearer tokens with which an IdP provisions users of one connection (SCIM 2.0). Written by administrators; read with every SCIM
 * request. Kept after revocation, for the audit trail.
 */
export const scimTokens = sqliteTable(
  'scim_tokens',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    name: text('name').notNull(),
    /** SHA-256 of the token, base64url. */
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    /** To the hour. */
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('scim_tokens_secret').on(table.secretHash),
    index('scim_tokens_connection').on(table.connectionSid, table.createdAt),
  ],
)

/**
 * What an IdP has said by SCIM of a user: that it knows them, and as whom. Written by SCIM requests; read by them, and by rollouts
 * as evidence. Where the IdP has deleted the user, the row stays without a name: it says whose the suspension is.
 */
export const scimUsers = sqliteTable(
  'scim_users',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** As the IdP wrote it; empty: it has deleted the user. */
    userName: text('user_name').notNull(),
    /** In lower case: userName is compared so (RFC 7643 §4.1.1). Of a deleted user, what no userName is. */
    userNameKey: text('user_name_key').notNull(),
    externalID: text('external_id'),
    displayName: text('display_name'),
    active: integer('active', { mode: 'boolean' }).notNull(),
    /** The suspension that came of it. Where the user's own is another one, somebody else has suspended them: the IdP does not lift that. */
    suspendedAt: integer('suspended_at'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.userSid] }),
    uniqueIndex('scim_users_user_name').on(table.connectionSid, table.userNameKey),
    index('scim_users_external_id').on(table.connectionSid, table.externalID),
    index('scim_users_user').on(table.userSid),
  ],
)
