// Tables of logins: login codes, spent IDs, NameIDs, proofs, attempts and counts.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import type { CheckRow } from '../saml/response/checks.ts'
import type { Principal } from '../saml/response/verify-response.ts'

/**
 * An accepted response on its way to the browser that began the login. The ACS writes it;
 * /login/finish reads and spends it. Bounded by time: deleted an hour after the login began.
 */
export const loginCodes = sqliteTable('login_codes', {
  /** The name of the login. It begins with the time. */
  name: text('name').primaryKey(),
  /** SHA-256 of the whole code, base64url: a code with the name of another login is another. */
  codeHash: text('code_hash').notNull(),
  attemptSid: text('attempt_sid').notNull(),
  connectionSid: text('connection_sid').notNull(),
  /** The connection's revision that checked the response. */
  revision: integer('revision').notNull(),
  userSid: text('user_sid').notNull(),
  principal: text('principal', { mode: 'json' }).notNull().$type<Principal>(),
  expiresAt: integer('expires_at').notNull(),
  /** The session that a finish has made for it, opened or not. Null: the code is not spent. */
  spentBy: text('spent_by'),
})

/**
 * The ledger of IDs that may be used once. Written by plain INSERTs in the batch of the login: a
 * second one violates the primary key and rolls the whole batch back. Bounded by time: deleted when
 * `expiresAt` has passed. That depends on the message alone, so that it can begin the key: a copy
 * of the message has the same, and a sweep is a range.
 */
export const spent = sqliteTable(
  'spent',
  {
    connectionSid: text('connection_sid').notNull(),
    kind: text('kind', { enum: ['request', 'assertion'] }).notNull(),
    id: text('id').notNull(),
    /** The login that spent it. */
    attemptSid: text('attempt_sid').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.expiresAt, table.connectionSid, table.kind, table.id] }),
  ],
)

/**
 * Which user a NameID stands for at a connection. The first login writes it. Every later login
 * reads it and is refused when NameID and user no longer match.
 */
export const nameIDs = sqliteTable(
  'name_ids',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    nameID: text('name_id').notNull(),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.nameID] }),
    uniqueIndex('name_ids_user').on(table.connectionSid, table.userSid),
  ],
)

/**
 * Which user has logged in through which connection: this makes a user safe to enforce. Written in
 * the batch of an accepted login; rollouts read it. Kept for ever.
 */
export const proofs = sqliteTable(
  'proofs',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** The IdP that vouched for the user. It proves nothing for another IdP. */
    entityID: text('entity_id').notNull().default(''),
    /** The first login. */
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.userSid] })],
)

/**
 * What one login looked like. The ACS writes one row a response; operators and customer admins
 * read it. Deleted after 90 days. Strangers can make refused attempts cheaply, so those are
 * numbered in rings of 500 a connection, and a new one replaces the oldest. Attempts that no
 * pinned key signed have a ring of their own.
 */
export const attempts = sqliteTable(
  'attempts',
  {
    sid: text('sid').primaryKey(),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    ring: text('ring', { enum: ['unproven', 'refused'] }),
    /** Counts up by one in a connection's ring. */
    ringNumber: integer('ring_number'),
    /** The first failing code; null: the response was accepted. */
    code: text('code'),
    checks: text('checks', { mode: 'json' }).notNull().$type<CheckRow[]>(),
    /** The message without personal data and secrets. */
    message: text('message'),
    userSid: text('user_sid'),
    idpInitiated: integer('idp_initiated', { mode: 'boolean' }).notNull(),
    /** The certificate whose key signed. */
    certificateFingerprint: text('certificate_fingerprint'),
    verifyMicros: integer('verify_micros'),
    /** True: a test sign-in. It is checked like any other and signs no one in. */
    isTest: integer('is_test', { mode: 'boolean' }).notNull().default(false),
    /** The IdP's clock minus ours in milliseconds, by the IssueInstant of the Response. */
    clockOffset: integer('clock_offset'),
    /** The connection's revision that checked it: a sign-off needs a login at its revision. */
    revision: integer('revision'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('attempts_ring').on(table.connectionSid, table.ring, table.ringNumber),
    index('attempts_connection').on(table.connectionSid, table.createdAt),
    index('attempts_created').on(table.createdAt),
    index('attempts_user')
      .on(table.userSid, table.createdAt)
      .where(sql`${table.userSid} IS NOT NULL`),
    index('attempts_accepted')
      .on(table.connectionSid, table.revision)
      .where(sql`${table.code} IS NULL`),
  ],
)

/**
 * How many logins a day had which result, tests left out. Written in the batch of each attempt,
 * because refused attempts replace each other; the progress of rollouts reads it. Deleted after 90
 * days.
 */
export const dailyLogins = sqliteTable(
  'daily_logins',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** The start of the day in UTC. */
    day: integer('day').notNull(),
    /** The error code of refused logins; empty: accepted ones. */
    code: text('code').notNull(),
    logins: integer('logins').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.day, table.code] }),
    index('daily_logins_day').on(table.day),
  ],
)
