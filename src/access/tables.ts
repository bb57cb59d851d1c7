// Tables of API keys, setup links, operators, and operators who are signed in.
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../connections/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import type { Capability } from '../events/actor.ts'
import type { Role } from '../events/roles.ts'

/**
 * Bearer keys of the API. Operators write them; every API request reads one. Deleted 90 days after
 * they expire.
 */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    sid: text('sid').primaryKey(),
    /** Null: an operator's key. Otherwise the key reaches this tenant only. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    name: text('name').notNull(),
    /** What it may do. In a tenant, within the permissions of a customer admin. */
    role: text('role').$type<Role>().notNull(),
    /** SHA-256 of the secret, base64url. */
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    /** The account that made it, itself or by a key: it ends with the account. Null: nobody's. */
    operatorSid: text('operator_sid'),
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
    index('api_keys_operator').on(table.operatorSid),
    index('api_keys_expires').on(table.expiresAt),
  ],
)

/**
 * Links that open the setup portal of one connection to a customer's administrator. Operators
 * write them; every page of the portal reads one. Deleted 90 days after they expire.
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
    /** The person of the vendor whom the recipient reads of. Null: a script or the command line. */
    invitedBy: text('invited_by'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('setup_links_secret').on(table.secretHash),
    index('setup_links_connection').on(table.connectionSid, table.createdAt),
    index('setup_links_expires').on(table.expiresAt),
    neverOfProbe('setup_links', table),
  ],
)

/**
 * People of the vendor who use the console. Owners and the CLI write it; every page of the console
 * reads it. A removed account stays, so that the audit trail can tell whose it was.
 */
export const operators = sqliteTable(
  'operators',
  {
    sid: text('sid').primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    /** The e-mail in lower case: what Access and the vendor's IdP are matched by. */
    emailKey: text('email_key').notNull(),
    role: text('role').$type<Role>().notNull(),
    /** `own_idp`: no link and no Access opens the console, only the vendor's IdP. */
    signsInBy: text('signs_in_by', { enum: ['any', 'own_idp'] })
      .notNull()
      .default('any'),
    /** Hash of the NameID that the vendor's IdP first sent for it. A link releases it. */
    idpBinding: text('idp_binding'),
    /** When a mail, Access or the vendor's IdP first proved the address. */
    emailVerifiedAt: integer('email_verified_at'),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    lastSignedInAt: integer('last_signed_in_at'),
    removedAt: integer('removed_at'),
  },
  (table) => [
    uniqueIndex('operators_email')
      .on(table.emailKey)
      .where(sql`removed_at IS NULL`),
    index('operators_created').on(table.createdAt),
  ],
)

/**
 * One-time links into the console, each for one operator. The CLI and owners write them, and the
 * ACS writes one after a login through the vendor's IdP; the sign-in page spends them. Deleted a
 * day after they expire.
 */
export const signInLinks = sqliteTable(
  'sign_in_links',
  {
    secretHash: text('secret_hash').primaryKey(),
    operatorSid: text('operator_sid')
      .notNull()
      .references(() => operators.sid),
    /** Whether only the operator's mailbox has it: then it proves the e-mail. */
    byMail: integer('by_mail', { mode: 'boolean' }).notNull().default(false),
    /** Of a login through the vendor's IdP: only the browser that began it spends the code. */
    connectionSid: text('connection_sid'),
    /** Of the connection at the login. */
    revision: integer('revision'),
    /** The NameID of that login, hashed. Null: it was transient. */
    idpBinding: text('idp_binding'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    spentAt: integer('spent_at'),
  },
  (table) => [
    index('sign_in_links_expires').on(table.expiresAt),
    index('sign_in_links_operator').on(table.operatorSid),
  ],
)

/**
 * Operators who are signed in to the console. The ways of signing in write them; every page reads
 * one. Ended when the role changes or the account is removed. Deleted a day after they end.
 */
export const consoleSessions = sqliteTable(
  'console_sessions',
  {
    secretHash: text('secret_hash').primaryKey(),
    operatorSid: text('operator_sid')
      .notNull()
      .references(() => operators.sid),
    /** At the sign-in: the session does not outlive it. */
    role: text('role').$type<Role>().notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    index('console_sessions_expires').on(table.expiresAt),
    index('console_sessions_operator').on(table.operatorSid),
  ],
)
