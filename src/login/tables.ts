// Tables of logins: what is on its way, what was spent, who was proved, what happened.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import type { CheckRow } from '../saml/response/checks.ts'
import type { Principal } from '../saml/response/verify-response.ts'

/**
 * An accepted response on its way to the browser that began the login. Written by the ACS, read and spent by
 * /login/finish. Dies after two minutes.
 */
export const loginCodes = sqliteTable(
  'login_codes',
  {
    /** SHA-256 of the one-time code, base64url. */
    codeHash: text('code_hash').primaryKey(),
    attemptSid: text('attempt_sid').notNull(),
    connectionSid: text('connection_sid').notNull(),
    userSid: text('user_sid').notNull(),
    /** SHA-256 of the browser's login cookie, base64url. */
    browserHash: text('browser_hash').notNull(),
    returnTo: text('return_to').notNull(),
    principal: text('principal', { mode: 'json' }).notNull().$type<Principal>(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('login_codes_expires').on(table.expiresAt)],
)

/**
 * The ledger of what may happen once. Written by plain INSERTs in the batch of the login they belong to: a second one
 * violates the primary key and takes the whole batch back. Read by nobody. Dies when `expiresAt` has passed.
 */
export const spent = sqliteTable(
  'spent',
  {
    connectionSid: text('connection_sid').notNull(),
    kind: text('kind', { enum: ['request', 'assertion', 'loginCode'] }).notNull(),
    id: text('id').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.kind, table.id] }),
    index('spent_expires').on(table.expiresAt),
  ],
)

/**
 * Who a NameID stands for at a connection. Written by the first login; read at every later one, which is refused when
 * NameID and user do not belong together. Nothing deletes a row yet.
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
 * Who has logged in through which connection: what makes a user safe to enforce. Written in the batch of an accepted login;
 * read by rollouts. Never dies.
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
    /** The IdP that vouched for them. Where the connection has moved to another IdP, it proves nothing. */
    entityID: text('entity_id').notNull().default(''),
    /** When it happened first. */
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.userSid] })],
)

/**
 * What one login looked like. Written by the ACS, once a response; read by operators and customer admins. Dies after 90
 * days. Refused attempts are cheap to make for strangers: they are numbered in a ring of 500 a connection, those that
 * no pinned key had signed apart from those that one had, and the oldest goes when one comes.
 */
export const attempts = sqliteTable(
  'attempts',
  {
    sid: text('sid').primaryKey(),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    ring: text('ring', { enum: ['unproven', 'refused'] }),
    /** Counts up by one within connection and ring. */
    ringNumber: integer('ring_number'),
    /** The first failing code; null: the response was accepted. */
    code: text('code'),
    checks: text('checks', { mode: 'json' }).notNull().$type<CheckRow[]>(),
    /** The message with everything personal or secret taken out. */
    message: text('message'),
    userSid: text('user_sid'),
    idpInitiated: integer('idp_initiated', { mode: 'boolean' }).notNull(),
    /** Of the certificate whose key had signed. */
    certificateFingerprint: text('certificate_fingerprint'),
    verifyMicros: integer('verify_micros'),
    /** True for a test sign-in: judged like any other, and nobody was signed in. */
    isTest: integer('is_test', { mode: 'boolean' }).notNull().default(false),
    /** How far the IdP's clock was ahead of ours, in milliseconds, by the Response's IssueInstant. */
    clockOffset: integer('clock_offset'),
    /** The connection's revision that judged it: a pass is said of a revision that somebody has got in with. */
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
 * How many logins a day came to what, apart from tests. Written in the batch of each attempt, since refused attempts
 * push each other out; read by the progress of rollouts. Dies after 90 days.
 */
export const dailyLogins = sqliteTable(
  'daily_logins',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** When it began, in UTC. */
    day: integer('day').notNull(),
    /** The code of those refused; empty: of those accepted. */
    code: text('code').notNull(),
    logins: integer('logins').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.day, table.code] }),
    index('daily_logins_day').on(table.day),
  ],
)
