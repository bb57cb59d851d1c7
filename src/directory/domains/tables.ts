// Tables of e-mail domains.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { tenants } from '../tenants/tables.ts'

/**
 * E-mail domains that a tenant says are its own, pending or verified. Written by administrators and by the check; read by both,
 * and by rollouts that select by domain. Deleted when taken away.
 */
export const domains = sqliteTable(
  'domains',
  {
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    /** Lower case, ASCII: an internationalized name is in its `xn--` form. */
    domain: text('domain').notNull(),
    /** What the TXT record has to say. No secret: it stands in public DNS. */
    token: text('token').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    /** When DNS was asked last. */
    checkedAt: integer('checked_at'),
    /** Why the last check did not find the record; null: it did. */
    failure: text('failure'),
    verifiedAt: integer('verified_at'),
    /** What it is verified by: the record, or an operator who says so. */
    verifiedBy: text('verified_by', { enum: ['dns', 'operator'] }),
    /** Why an operator has said so. */
    reason: text('reason'),
    /** Since when the record of a verified domain is gone: a warning. */
    missingSince: integer('missing_since'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantSid, table.domain] }),
    // Several tenants may claim a domain; one has it.
    uniqueIndex('domains_verified')
      .on(table.domain)
      .where(sql`verified_at IS NOT NULL`),
    index('domains_checked').on(table.checkedAt),
  ],
)
