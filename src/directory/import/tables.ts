// Tables of imports.
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { tenants } from '../tenants/tables.ts'

/**
 * An upload of users, taken in chunks. Import operations write it with each chunk and read it to
 * continue. Deleted 90 days after it ended; the audit trail says where users come from.
 */
export const imports = sqliteTable(
  'imports',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    /** The file's name. */
    name: text('name').notNull(),
    /** SHA-256 of the file, lower-case hexadecimal: the same file continues the same import. */
    digest: text('digest'),
    /** Rows taken so far, in the order of the file: the next chunk begins here. */
    position: integer('position').notNull().default(0),
    created: integer('created').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    refused: integer('refused').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    index('imports_tenant').on(table.tenantSid, table.createdAt),
    uniqueIndex('imports_open')
      .on(table.tenantSid, table.digest)
      .where(sql`finished_at IS NULL`),
    index('imports_finished')
      .on(table.finishedAt)
      .where(sql`finished_at IS NOT NULL`),
  ],
)
