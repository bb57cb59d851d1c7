// The table of people who may come in through a second connection.
import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../../connections/tables.ts'
import { rollouts } from '../../rollout/cohort/tables.ts'
import { users } from '../tables.ts'

/**
 * People on their way to another connection: they sign in through the one that `users` names, and
 * may come in through this one too. Enabling a move and nominating testers write it; logins read
 * it. A trigger deletes a row when the connection of its user changes. WITHOUT ROWID: a login finds
 * it by one read.
 */
export const moves = sqliteTable(
  'moves',
  {
    userSid: text('user_sid')
      .primaryKey()
      .references(() => users.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** Null: for a tester. */
    rolloutSid: text('rollout_sid').references(() => rollouts.sid),
  },
  (table) => [index('moves_connection').on(table.connectionSid), neverOfProbe('moves', table)],
)
