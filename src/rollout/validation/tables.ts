// Tables of testers and sign-offs.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'

/**
 * People who try a connection before all others. Nominations write them; the validation room reads
 * them. Deleted when the nomination is withdrawn.
 */
export const testers = sqliteTable(
  'testers',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** True: the nomination enabled SSO, and withdrawing it disables SSO again. */
    enabled: integer('enabled', { mode: 'boolean' }).notNull().default(false),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.userSid] })],
)

/**
 * The result that each side recorded for a connection's configuration after testing it. Read when
 * a connection is validated and when users are enforced. One row a side and revision: a new result
 * replaces the old one. Kept for ever.
 */
export const signOffs = sqliteTable(
  'sign_offs',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    revision: integer('revision').notNull(),
    side: text('side', { enum: ['vendor', 'customer'] }).notNull(),
    verdict: text('verdict', { enum: ['pass', 'fail'] }).notNull(),
    /** Who recorded it. */
    name: text('name').notNull(),
    note: text('note'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.revision, table.side] })],
)
