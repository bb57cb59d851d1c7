// The tables of HISTORY: what logins looked like. They refer to rows of the other database by SID,
// without foreign keys.
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { CheckRow } from '../../saml/response/checks.ts'

/**
 * `unproven`: no pinned key signed the message. `refused`: a pinned key signed it, and a check
 * failed. `person`: the message is good, and the person may not sign in.
 */
export const REFUSALS = ['unproven', 'refused', 'person'] as const

/** `test`: test sign-ins. `first`: accepted logins of a new revision. `newest`: later ones. */
export const RINGS = [...REFUSALS, 'test', 'first', 'newest'] as const

export type RefusalRing = (typeof REFUSALS)[number]
export type Ring = (typeof RINGS)[number]

/**
 * Which 2^28 milliseconds, about three days. The index of users begins with it: the entries of old
 * lines lie together, so that a sweep gives whole pages back. `createdAt` is the time of the SID:
 * the order by period and SID is that by SID. An operator, since drizzle-kit cuts arguments apart.
 */
export function periodOf(createdAt: SQLWrapper): SQL<number> {
  return sql<number>`(${createdAt} >> 28)`
}

/**
 * One line for each login. Written after the response; operators and customer admins read it. The
 * oldest are deleted after HISTORY_DAYS, or when the database reaches HISTORY_GB. Others can make
 * refusals cheaply: a new one replaces the oldest of its connection and ring.
 */
export const attempts = sqliteTable(
  'attempts',
  {
    /** Timed, so that rows are in the order of their times. */
    sid: text('sid').primaryKey(),
    connectionSid: text('connection_sid').notNull(),
    /** Of a refused login; its ring. */
    ring: text('ring', { enum: REFUSALS }),
    /** Counts up by one in a connection's ring. */
    ringNumber: integer('ring_number'),
    /** The first failing code; null: the response was accepted. */
    code: text('code'),
    userSid: text('user_sid'),
    idpInitiated: integer('idp_initiated', { mode: 'boolean' }).notNull().default(false),
    /** True: a test sign-in. It is checked like any other and signs no one in. */
    isTest: integer('is_test', { mode: 'boolean' }).notNull().default(false),
    verifyMicros: integer('verify_micros'),
    /** The IdP's clock minus ours in milliseconds, by the IssueInstant of the Response. */
    clockOffset: integer('clock_offset'),
    /** The connection's revision that checked it. */
    revision: integer('revision'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('attempts_connection').on(table.connectionSid, table.sid),
    index('attempts_user')
      .on(periodOf(table.createdAt), table.userSid, table.sid)
      .where(sql`${table.userSid} IS NOT NULL`),
    uniqueIndex('attempts_ring')
      .on(table.connectionSid, table.ring, table.ringNumber)
      .where(sql`${table.ring} IS NOT NULL`),
  ],
)

/**
 * Checks, certificate and redacted message of an attempt, in rings for each connection. A new row
 * replaces the oldest of its ring. Deleted before lines are, when all pass a quarter of HISTORY_GB.
 */
export const attemptDetails = sqliteTable(
  'attempt_details',
  {
    connectionSid: text('connection_sid').notNull(),
    ring: text('ring', { enum: RINGS }).notNull(),
    sid: text('sid').notNull(),
    /** About what the row takes. */
    bytes: integer('bytes').notNull(),
    /** The connection's revision that checked it. */
    revision: integer('revision').notNull(),
    /** The certificate whose key signed. */
    certificateFingerprint: text('certificate_fingerprint'),
    checks: text('checks', { mode: 'json' }).notNull().$type<CheckRow[]>(),
    /** The message without personal data and secrets. */
    message: text('message'),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.ring, table.sid] })],
)

/**
 * How many logins a day had which result, tests left out. Refused attempts replace each other, so
 * the lines cannot be counted; the progress of rollouts reads this. Deleted after 400 days.
 */
export const dailyLogins = sqliteTable(
  'daily_logins',
  {
    /** The start of the day in UTC. First in the key, so that old days lie together. */
    day: integer('day').notNull(),
    connectionSid: text('connection_sid').notNull(),
    /** The error code of refused logins; empty: accepted ones. */
    code: text('code').notNull(),
    logins: integer('logins').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.connectionSid, table.code] })],
)

/**
 * How many logins an hour had which result, of all connections together. The job count_hour derives
 * it from the counts by day; metrics read it. Deleted after 15 days.
 */
export const hourlyLogins = sqliteTable(
  'hourly_logins',
  {
    /** Its start. */
    hour: integer('hour').notNull(),
    /** As in `daily_logins`. */
    code: text('code').notNull(),
    logins: integer('logins').notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.code] })],
)

/**
 * What a test sign-in said that did not fit: the NameID, or several e-mails. Of a person who may
 * not sign in, all of it.
 */
export type TestValues = {
  nameID?: string
  emails?: string[]
  firstName?: string
  lastName?: string
}

/**
 * What a refused test sign-in said, in full, so that people can see what the IdP sends. Deleted
 * after seven days. Of other logins no such value is kept.
 */
export const testValues = sqliteTable('test_values', {
  /** Of the attempt. It begins with the time. */
  sid: text('sid').primaryKey(),
  said: text('said', { mode: 'json' }).$type<TestValues>().notNull(),
})
