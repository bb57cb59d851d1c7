// The table of secrets that were guessed wrong.
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'

/**
 * How often somebody sent a secret that does not exist. Recovery codes, API keys, setup links and
 * SCIM tokens write it. Strangers cause these writes: a bucket is 16 bits of a hash, so that there
 * are at most 65,536 rows, and a row takes no write beyond its limit. Kept for ever.
 */
export const failedGuesses = sqliteTable('failed_guesses', {
  bucket: integer('bucket').primaryKey(),
  /** Minutes since 1970. */
  minute: integer('minute').notNull(),
  wrong: integer('wrong').notNull(),
})
