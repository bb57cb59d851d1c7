// Tables of SCIM: its bearer tokens, and what IdPs said of users.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'

/**
 * Bearer tokens with which an IdP provisions the users of one connection (SCIM 2.0).
 * Administrators write them; every SCIM request reads one. Deleted 90 days after they expire.
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
    index('scim_tokens_expires').on(table.expiresAt),
    neverOfProbe('scim_tokens', table),
  ],
)

/**
 * How many users the IdPs of a tenant have created: counted here, because counting the users would
 * read them all each time. The creation of a user raises it.
 */
export const scimCounts = sqliteTable('scim_counts', {
  tenantSid: text('tenant_sid')
    .primaryKey()
    .references(() => tenants.sid),
  created: integer('created').notNull(),
})

/**
 * A user as the IdP of a connection knows them by SCIM. SCIM requests write and read it; rollouts
 * read it as evidence. When the IdP deletes the user, the row stays without a name: it shows that
 * the suspension is the IdP's, and which external id the user had.
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
    /** As the IdP wrote it; empty: the IdP deleted the user. */
    userName: text('user_name').notNull(),
    /** Lower case, for comparison (RFC 7643 §4.1.1). Deleted: a value that no name has. */
    userNameKey: text('user_name_key').notNull(),
    externalID: text('external_id'),
    /** False: the IdP has sent no e-mail, and the login e-mail is the userName's or our own. */
    isEmailSent: integer('is_email_sent', { mode: 'boolean' }).notNull().default(false),
    displayName: text('display_name'),
    active: integer('active', { mode: 'boolean' }).notNull(),
    /**
     * The suspension that the IdP caused. If the user's own `suspendedAt` differs, somebody else
     * suspended them, and the IdP cannot lift that.
     */
    suspendedAt: integer('suspended_at'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.userSid] }),
    uniqueIndex('scim_users_user_name').on(table.connectionSid, table.userNameKey),
    index('scim_users_external_id').on(table.connectionSid, table.externalID),
    index('scim_users_user').on(table.userSid),
    // How many the IdP has deactivated lately: it has rows of suspended users alone.
    index('scim_users_suspended')
      .on(table.connectionSid, table.suspendedAt)
      .where(sql`suspended_at IS NOT NULL`),
  ],
)
