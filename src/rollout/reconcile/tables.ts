// Tables of aliases and of the IdPs' lists of users.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'

/**
 * Addresses under which an IdP knows users whose login e-mail is another one. Administrators write
 * them; every login reads them before it looks for the login e-mail. Deleted when somebody removes
 * the alias.
 */
export const aliases = sqliteTable(
  'aliases',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    emailKey: text('email_key').notNull(),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.emailKey] }),
    index('aliases_user').on(table.userSid),
    // An alias gives way when its address becomes a login e-mail, by triggers of users.
    index('aliases_email').on(table.emailKey),
    neverOfProbe('aliases', table),
  ],
)

/** The address of the row that says which upload is whole: its addresses alone count. */
export const WHOLE_LIST = ''

/** When and by whom an upload was ended, and how many addresses it had. */
export type SavedList = { at: number; by: string; users: number }

/**
 * The IdP's own list of its users, from the last upload. Uploads replace all of it; reconciliation
 * reads it.
 */
export const idpUsers = sqliteTable(
  'idp_users',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    emailKey: text('email_key').notNull(),
    /** The upload that it came with. */
    upload: text('upload').notNull(),
    /** The saved upload that it also came with, while a later one is under way. */
    earlier: text('earlier'),
    /** Of the row of the whole list alone. */
    saved: text('saved', { mode: 'json' }).$type<SavedList>(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.emailKey] })],
)
