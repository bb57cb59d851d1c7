// Tables of accounts, users and who belongs to which account.
import { sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../connections/tables.ts'
import { tenants } from './tenants/tables.ts'

/**
 * A billing or project account of the vendor's product. Imports write it; rollouts read it. Kept
 * for ever.
 */
export const accounts = sqliteTable(
  'accounts',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    externalID: text('external_id'),
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('accounts_tenant').on(table.tenantSid),
    uniqueIndex('accounts_external_id').on(table.tenantSid, table.externalID),
    neverOfProbe('accounts', table),
  ],
)

/**
 * A person who logs in to the vendor's product. Imports and rollouts write it; every login reads
 * it by e-mail. `password` means that SSO is off. The other methods are bound to exactly one
 * connection. Kept for ever.
 */
export const users = sqliteTable(
  'users',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    externalID: text('external_id'),
    /** As the vendor's app shows it. */
    email: text('email').notNull(),
    /** The e-mail in lower case: what logins are matched by. */
    emailKey: text('email_key').notNull(),
    firstName: text('first_name'),
    lastName: text('last_name'),
    signInMethod: text('sign_in_method', { enum: ['password', 'sso_enabled', 'sso_enforced'] })
      .notNull()
      .default('password'),
    connectionSid: text('connection_sid').references(() => connections.sid),
    suspendedAt: integer('suspended_at'),
    /**
     * Whether the vendor's app has a password for the person, as far as we know. SCIM and a
     * first login create users without one; the app sets it when they have chosen one.
     */
    hasPassword: integer('has_password', { mode: 'boolean' }).notNull().default(true),
    /** Whether they signed in by SSO before, tests included. A trigger of `proofs` sets it. */
    signedIn: integer('signed_in', { mode: 'boolean' }).notNull().default(false),
    /** The last import with this user, and its row: an import finds a user that it has twice. */
    importSid: text('import_sid'),
    importRow: integer('import_row'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('users_email').on(table.emailKey),
    uniqueIndex('users_external_id').on(table.tenantSid, table.externalID),
    // The SID tells users of the same moment apart, so that lists and rollouts can continue.
    index('users_connection').on(table.connectionSid, table.createdAt, table.sid),
    index('users_tenant').on(table.tenantSid, table.createdAt, table.sid),
    index('users_method').on(
      table.tenantSid,
      table.signInMethod,
      table.signedIn,
      table.createdAt,
      table.sid,
    ),
    index('users_connection_method')
      .on(table.connectionSid, table.signInMethod, table.signedIn, table.createdAt, table.sid)
      .where(sql`${table.connectionSid} IS NOT NULL`),
    check(
      'sso_needs_a_connection',
      sql`(${table.signInMethod} = 'password') = (${table.connectionSid} IS NULL)`,
    ),
    neverOfProbe('users', table),
  ],
)

/** Which users belong to which accounts. Imports write it; rollouts read it. Kept for ever. */
export const memberships = sqliteTable(
  'memberships',
  {
    accountSid: text('account_sid')
      .notNull()
      .references(() => accounts.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
  },
  (table) => [
    primaryKey({ columns: [table.accountSid, table.userSid] }),
    index('memberships_user').on(table.userSid),
  ],
)
