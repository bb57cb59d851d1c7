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
import { connections } from '../connections/tables.ts'
import { tenants } from './tenants/tables.ts'

/** A billing or project account of the vendor's product. Written by the import; read by rollouts. */
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
  ],
)

/**
 * A person who logs in to the vendor's product. Written by the import and by rollouts; read at every login by e-mail.
 * `password` means SSO off. The other methods are bound to exactly one connection.
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
    /** The import that had this user last, and in which row: so an import finds a user that its file has twice. */
    importSid: text('import_sid'),
    importRow: integer('import_row'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('users_email').on(table.emailKey),
    uniqueIndex('users_external_id').on(table.tenantSid, table.externalID),
    index('users_connection').on(table.connectionSid, table.createdAt),
    // With the SID, so that lists and rollouts go on exactly where they stopped among users of one moment.
    index('users_tenant').on(table.tenantSid, table.createdAt, table.sid),
    check(
      'sso_needs_a_connection',
      sql`(${table.signInMethod} = 'password') = (${table.connectionSid} IS NULL)`,
    ),
  ],
)

/** Which users belong to which accounts. Written by the import; read by rollouts. */
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
