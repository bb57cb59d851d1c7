// Tables of contacts.
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { tenants } from '../../directory/tenants/tables.ts'
import type { MailKind } from '../templates/template.ts'

/**
 * People who receive mail: contacts of a tenant, and operators. Operators write them, and customers
 * their own. Deleted when somebody removes them.
 */
export const contacts = sqliteTable(
  'contacts',
  {
    sid: text('sid').primaryKey(),
    /** Null: an operator of the vendor. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    role: text('role', { enum: ['technical', 'business', 'security', 'operator'] }).notNull(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    /** The address in lower case. */
    emailKey: text('email_key').notNull(),
    /** The kinds of mail that the contact does not want. */
    muted: text('muted', { mode: 'json' }).$type<MailKind[]>().notNull(),
    /** In links that stop a kind of mail: 43 characters, as random as a secret. */
    unsubscribeKey: text('unsubscribe_key').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    // An address once in each role. Columns that are NULL differ, so operators have an index.
    uniqueIndex('contacts_address').on(table.tenantSid, table.role, table.emailKey),
    uniqueIndex('contacts_operator')
      .on(table.emailKey)
      .where(sql`tenant_sid IS NULL`),
    uniqueIndex('contacts_unsubscribe').on(table.unsubscribeKey),
    index('contacts_tenant').on(table.tenantSid, table.createdAt),
  ],
)
