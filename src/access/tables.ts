// Tables of API keys, setup links and operators who are signed in.
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections } from '../connections/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import type { Capability } from '../events/actor.ts'

/**
 * Bearer keys of the API. Written by operators; read with every API request. Kept after revocation, for the audit trail.
 */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    sid: text('sid').primaryKey(),
    /** Null: an operator's key. Else it reaches that tenant alone. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    name: text('name').notNull(),
    /** SHA-256 of the secret, base64url. */
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    /** To the hour. */
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('api_keys_secret').on(table.secretHash),
    index('api_keys_tenant').on(table.tenantSid, table.createdAt),
    index('api_keys_created').on(table.createdAt),
  ],
)

/**
 * Links that open the setup portal of one connection to a customer's administrator. Written by operators; read with every
 * page of the portal. Kept after they end, for the audit trail.
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
    /** For whom it was made: the name in the audit trail. */
    name: text('name').notNull(),
    /** What it may do besides looking. */
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

/** One-time links into the console. Written by the CLI and operators' keys; spent by the sign-in page. Dies a day after it expired. */
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

/** Operators signed in to the console. Written by the sign-in page and by sign-out; read with every page. Dies a day after it ended. */
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
