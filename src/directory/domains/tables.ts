// Tables of e-mail domains.
import { sql } from 'drizzle-orm'
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  sqliteView,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../../connections/tables.ts'
import { tenants } from '../tenants/tables.ts'

/**
 * E-mail domains that a tenant claims, pending or verified. Administrators and the DNS check write
 * and read them; rollouts that select by domain read them. Deleted when somebody removes the
 * domain.
 */
export const domains = sqliteTable(
  'domains',
  {
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    /** Lower case, ASCII: an internationalized name is in its `xn--` form. */
    domain: text('domain').notNull(),
    /** What the TXT record must contain. It is no secret: it is in public DNS. */
    token: text('token').notNull(),
    /** Where newcomers of the domain sign in; null: nowhere but by password. */
    connectionSid: text('connection_sid').references(() => connections.sid),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    /** The last DNS query. */
    checkedAt: integer('checked_at'),
    /** Why the last check did not find the record; null: it did. */
    failure: text('failure'),
    verifiedAt: integer('verified_at'),
    /** Verified by the record, or by an operator's word. */
    verifiedBy: text('verified_by', { enum: ['dns', 'operator'] }),
    /** Why an operator verified it. */
    reason: text('reason'),
    /** Since when the record of a verified domain is missing: shown as a warning. */
    missingSince: integer('missing_since'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantSid, table.domain] }),
    // Several tenants may claim a domain; one owns it.
    uniqueIndex('domains_verified')
      .on(table.domain)
      .where(sql`verified_at IS NOT NULL`),
    index('domains_checked').on(table.checkedAt),
    neverOfProbe('domains', table),
  ],
)

/**
 * What newcomers with an address of a domain get, where it is not the password: only of verified
 * domains that lead to a connection which is tested and open. Declared in schema.sql.
 */
export const newcomerWays = sqliteView('newcomer_ways', {
  domain: text('domain').notNull(),
  tenantSid: text('tenant_sid').notNull(),
  connectionSid: text('connection_sid').notNull(),
  newcomers: text('newcomers', {
    enum: ['sso_enabled', 'sso_enforced_after_login', 'sso_enforced'],
  }).notNull(),
  /** Null: a first login creates nobody. */
  perHour: integer('per_hour'),
}).existing()

/** What the newcomers of one domain get, and through which connection. */
export type NewcomerWay = Pick<
  typeof newcomerWays.$inferSelect,
  'tenantSid' | 'connectionSid' | 'newcomers'
>
