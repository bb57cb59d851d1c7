// Tables of tenants.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** A customer organisation. Written by operators; read at every login. Never deleted, only suspended. */
export const tenants = sqliteTable(
  'tenants',
  {
    sid: text('sid').primaryKey(),
    name: text('name').notNull(),
    plan: text('plan', { enum: ['enterprise', 'standard'] }).notNull(),
    /** Shown on error pages: where a person of this tenant asks for help. */
    supportContact: text('support_contact'),
    suspendedAt: integer('suspended_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('tenants_created').on(table.createdAt)],
)
