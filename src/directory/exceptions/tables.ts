// The table of people who stay on their password.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { tenants } from '../tenants/tables.ts'
import { users } from '../tables.ts'

/**
 * People who stay on their password until a date, such as contractors whom the IdP does not have.
 * Operators write them; the blocker `excepted` reads them wherever somebody is switched on. Deleted
 * when an operator ends them, or by a job after their date.
 */
export const exceptions = sqliteTable(
  'exceptions',
  {
    userSid: text('user_sid')
      .primaryKey()
      .references(() => users.sid),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    reason: text('reason').notNull(),
    expiresAt: integer('expires_at').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('exceptions_tenant').on(table.tenantSid, table.createdAt, table.userSid),
    index('exceptions_expires').on(table.expiresAt),
  ],
)
