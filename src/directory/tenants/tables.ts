// Tables of tenants.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * A customer organisation. Operators write it; every login reads it. Kept for ever: a tenant is
 * suspended, not deleted.
 */
export const tenants = sqliteTable(
  'tenants',
  {
    sid: text('sid').primaryKey(),
    name: text('name').notNull(),
    plan: text('plan', { enum: ['enterprise', 'standard'] }).notNull(),
    /** Shown on error pages: where users of this tenant ask for help. */
    supportContact: text('support_contact'),
    /** Whether what customers change about trust in a connection in use waits for an operator. */
    customerChanges: text('customer_changes', { enum: ['wait', 'apply'] })
      .notNull()
      .default('wait'),
    suspendedAt: integer('suspended_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('tenants_created').on(table.createdAt)],
)
