// Tables of API keys, setup links and operators who are signed in.
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections } from '../connections/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import type { Capability } from '../events/actor.ts'

/**
 * Bearer keys of the API. Operators write them; every API request reads one. Kept after
 * revocation, for the audit trail.
 */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    sid: text('sid').primaryKey(),
    /** Null: an operator's key. Otherwise the key reaches this tenant only. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    name: text('name').notNull(),
    /** SHA-256 of the secret, base64url. */
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    /** The last use, to the hour. */
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('api_keys_secret').on(table.secretHash),
    index('api_keys_tenant').on(table.tenantSid, table.createdAt),
    index('api_keys_created').on(table.createdAt),
  ],
)

/**
 * Links that open the setup portal of one connection to a customer's administrator. Operators
 * write them; every page of the portal reads one. Kept after they end, for the audit trail.
 */
export const setupLinks = sqliteTable(
  'setup_links',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** The person it was made for: the name in the audit trail. */
    name: text('name').notNull(),
    /** The capabilities besides reading. */
    capabilities: text('capabilities', { mode: 'json' }).$type<Capability[]>().notNull(),
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('setup_links_secret').on(table.secretHash),
    index('setup_links_connection').on(table.connectionSid, table.createdAt),
  ],
)

/**
 * One-time links into the console. The CLI and operators' keys write them; the sign-in page spends
 * them. Deleted a day after they expire.
 */
export const signInLinks = sqliteTable(
  'sign_in_links',
  {
    secretHash: text('secret_hash').primaryKey(),
    /** The operator who signs in with it. */
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    spentAt: integer('spent_at'),
  },
  (table) => [index('sign_in_links_expires').on(table.expiresAt)],
)

/**
 * Operators who are signed in to the console. The sign-in page and sign-out write them; every page
 * reads one. Deleted a day after they end.
 */
export const consoleSessions = sqliteTable(
  'console_sessions',
  {
    secretHash: text('secret_hash').primaryKey(),
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('console_sessions_expires').on(table.expiresAt)],
)
