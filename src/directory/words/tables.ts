// What people and things are found by, and users counted by. Triggers alone write it.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * Names and login e-mails as a search compares them (see fold.ts). Of a name, one row begins with
 * each of its words: “ann van hall”, “van hall ann”, “hall ann van”. Of an e-mail, one begins with
 * each part before the @. A search is a range of the key. Triggers of the tables that have the
 * names write and delete the rows. WITHOUT ROWID: the key is the row.
 */
export const searchWords = sqliteTable(
  'search_words',
  {
    /** Of users their tenant; otherwise the kind of the SID. */
    scope: text('scope').notNull(),
    word: text('word').notNull(),
    sid: text('sid').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.word, table.sid] }),
    // Users of all tenants.
    index('search_words_users')
      .on(table.word, table.sid)
      .where(sql`length(${table.scope}) > 2`),
  ],
)

/** How many users a tenant has, by sign-in method. */
export const userCounts = sqliteTable(
  'user_counts',
  {
    tenantSid: text('tenant_sid').notNull(),
    signInMethod: text('sign_in_method').notNull(),
    users: integer('users').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantSid, table.signInMethod] })],
)
