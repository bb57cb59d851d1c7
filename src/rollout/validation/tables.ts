// Tables of testers and sign-offs.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'

/** People who try a connection before anybody else. Written by nominations; read by the validation room. Deleted when a nomination is taken back. */
export const testers = sqliteTable(
  'testers',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** True where the nomination has switched SSO on: taking it back switches it off again. */
    enabled: integer('enabled', { mode: 'boolean' }).notNull().default(false),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.userSid] })],
)

/**
 * What each side says of a connection's configuration, after trying it. Written by signOffs; read when a connection is
 * validated and whenever somebody is to be enforced. One row a side and revision: saying it again replaces it. Never dies.
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
    /** Who says it. */
    name: text('name').notNull(),
    note: text('note'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.revision, table.side] })],
)
