// Tables of webhook endpoints: where a vendor, or a tenant, wants its events sent.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { tenants } from '../../directory/tenants/tables.ts'

/**
 * A URL that gets events by Standard Webhooks. People create it; a limit counts them. A trigger of
 * `events` reads it with the two tables below, and writes a row of the outbox for it. Deleted by
 * people; what waits for it is then given up.
 */
export const webhookEndpoints = sqliteTable(
  'webhook_endpoints',
  {
    sid: text('sid').primaryKey(),
    /** Null: the vendor's, which gets the events of all tenants. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    /** Set where a setup link made it: it gets the events of that connection alone. */
    connectionSid: text('connection_sid'),
    name: text('name').notNull(),
    url: text('url').notNull(),
    /** Chosen at its creation: another receiver is another endpoint. */
    format: text('format', { enum: ['standard', 'splunk', 'datadog', 'ndjson'] })
      .notNull()
      .default('standard'),
    /** Off: no event that happens meanwhile is kept for it. */
    isActive: integer('is_active', { mode: 'boolean' }).notNull(),
    /** When it was turned off because it answered 410. Null: it was not, or was turned on again. */
    goneAt: integer('gone_at'),
    /** The signing secret, or the receiver's token: sealed with the key-encryption key for it. */
    secret: text('secret').notNull(),
    /** The secret before. It signs too until then, so that receivers can change over. */
    previousSecret: text('previous_secret'),
    previousSecretUntil: integer('previous_secret_until'),
    /** The minute of the last test message, and how many were sent in it. */
    testedMinute: integer('tested_minute').notNull().default(0),
    tests: integer('tests').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('webhook_endpoints_tenant').on(table.tenantSid, table.createdAt)],
)

/**
 * The event types that an endpoint gets. `*`: all of the audit trail; those of logins and sessions
 * are many, and have to be named. Written with the endpoint.
 */
export const webhookEndpointTypes = sqliteTable(
  'webhook_endpoint_types',
  {
    endpointSid: text('endpoint_sid')
      .notNull()
      .references(() => webhookEndpoints.sid),
    type: text('type').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointSid, table.type] }),
    index('webhook_endpoint_types_type').on(table.type),
  ],
)

/** Of a vendor's endpoint: the only tenants whose events it gets. No row: all. */
export const webhookEndpointTenants = sqliteTable(
  'webhook_endpoint_tenants',
  {
    endpointSid: text('endpoint_sid')
      .notNull()
      .references(() => webhookEndpoints.sid),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
  },
  (table) => [primaryKey({ columns: [table.endpointSid, table.tenantSid] })],
)
