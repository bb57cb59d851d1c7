// Tables of the audit trail and of Idempotency-Key.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { tenants } from '../directory/tenants/tables.ts'

/**
 * The audit trail of operators and customer admins. Append-only, written in the batch of the
 * change. Both sides read it. Never deleted.
 */
export const events = sqliteTable(
  'events',
  {
    sid: text('sid').primaryKey(),
    /** Null: it concerns no single tenant. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    /** As shown: `operator ann`, `customer admin bob`. */
    actor: text('actor').notNull(),
    /** Noun and verb: `connection.create`. */
    action: text('action').notNull(),
    /** SID of the changed thing. */
    subjectSid: text('subject_sid').notNull(),
    /** The changed fields, before and after. They never contain a secret. */
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
 * The thing that a request with an Idempotency-Key created. Written in the batch of the creation,
 * so that concurrent requests create one thing. Read when the same request comes again. Deleted
 * after a day.
 */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** SHA-256 over the caller, the route and the key, base64url. */
    keyHash: text('key_hash').primaryKey(),
    /** SHA-256 of the request body, base64url. */
    requestHash: text('request_hash').notNull(),
    subjectSid: text('subject_sid').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('idempotency_keys_created').on(table.createdAt)],
)
