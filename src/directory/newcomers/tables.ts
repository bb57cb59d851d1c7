// The tables of newcomers: who wait for their first login, and how many were created by one.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../../connections/tables.ts'
import { users } from '../tables.ts'

/**
 * Newcomers with SSO beside their password, whose first login leaves them SSO alone. Adding a user
 * writes it. Triggers of `proofs` and `users` read it, and delete a row when the sign-in method of
 * its user changes.
 */
export const awaitedProofs = sqliteTable('awaited_proofs', {
  userSid: text('user_sid')
    .primaryKey()
    .references(() => users.sid),
})

/**
 * How many users first logins have created through a connection within an hour. The login that
 * creates somebody writes it, and reads it for the limit. One row a connection, for the last hour
 * in which somebody came.
 */
export const newcomerCounts = sqliteTable('newcomer_counts', {
  connectionSid: text('connection_sid')
    .primaryKey()
    .references(() => connections.sid),
  /** When the hour began. */
  hour: integer('hour').notNull(),
  created: integer('created').notNull(),
  /** When the limit was reached; null: it was not. The event is recorded once an hour. */
  limitedAt: integer('limited_at'),
})
