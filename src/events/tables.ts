// Tables of the audit trail and of Idempotency-Key.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { tenants } from '../directory/tenants/tables.ts'

/**
 * What operators and customer admins have done: append-only. Written in the batch of the change it tells of; read by both
 * sides. Never dies.
 */
export const events = sqliteTable(
  'events',
  {
    sid: text('sid').primaryKey(),
    /** Null where it concerns no single tenant. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    /** Who did it, as shown: `operator ann`, `customer admin bob`. */
    actor: text('actor').notNull(),
    /** Noun and verb: `connection.create`. */
    action: text('action').notNull(),
    /** SID of what was changed. */
    subjectSid: text('subject_sid').notNull(),
    /** The fields that changed, before and after. No secret is a field. */
    before: text('before', { mode: 'json' }).$type<Record<string, unknown>>(),
    after: text('after', { mode: 'json' }).$type<Record<string, unknown>>(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('events_tenant').on(table.tenantSid, table.createdAt),
    index('events_subject').on(table.subjectSid, table.createdAt),
    index('events_created').on(table.createdAt),
  ],
)

/**
 * Which creation an Idempotency-Key has made. Written in the batch of the creation, so that two at once make one; read when
 * the same request comes again. Dies after a day.
 */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** SHA-256 over who asks, where, and the key, base64url. */
    keyHash: text('key_hash').primaryKey(),
    /** SHA-256 over the request's body, base64url. */
    requestHash: text('request_hash').notNull(),
    subjectSid: text('subject_sid').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('idempotency_keys_created').on(table.createdAt)],
)
