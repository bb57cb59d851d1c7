// The table of newcomers who wait for their first login.
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
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
