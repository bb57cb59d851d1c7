// Every table of D1. The comment over a table says who writes it, who reads it, and when a row dies.
// Times are milliseconds since 1970 (UTC). SIDs are two capital letters and 32 hexadecimal digits.
import { sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { CheckRow } from '../saml/checks.ts'
import type { AttributeMapping } from '../saml/principal.ts'
import type { Principal } from '../saml/verify-response.ts'

/** A customer organisation. Written by operators; read at every login. Never deleted, only suspended. */
export const tenants = sqliteTable('tenants', {
  sid: text().primaryKey(),
  name: text().notNull(),
  plan: text({ enum: ['enterprise', 'standard'] }).notNull(),
  /** Shown on error pages: where a person of this tenant asks for help. */
  supportContact: text(),
  suspendedAt: integer(),
  createdAt: integer().notNull(),
})

/** A billing or project account of the vendor's product. Written by the import; read by rollouts. */
export const accounts = sqliteTable(
  'accounts',
  {
    sid: text().primaryKey(),
    tenantSid: text()
      .notNull()
      .references(() => tenants.sid),
    externalID: text(),
    name: text().notNull(),
    createdAt: integer().notNull(),
  },
  (table) => [
    index('accounts_tenant').on(table.tenantSid),
    uniqueIndex('accounts_external_id').on(table.tenantSid, table.externalID),
  ],
)

/** A tenant's trust in one IdP. Written by connection operations; read whole at every ACS request. Suspended, not deleted. */
export const connections = sqliteTable(
  'connections',
  {
    sid: text().primaryKey(),
    tenantSid: text()
      .notNull()
      .references(() => tenants.sid),
    name: text().notNull(),
    state: text({ enum: ['draft', 'testing', 'validated', 'live', 'suspended'] }).notNull(),
    /** Counts the changes of trust-relevant fields. A login begun under another revision is refused. */
    revision: integer().notNull().default(1),
    /** Compared with Issuer byte for byte. */
    entityID: text().notNull(),
    ssoRedirectURL: text(),
    ssoPostURL: text(),
    /** The binding used for AuthnRequests where the IdP offers both. */
    requestBinding: text({ enum: ['HTTP-Redirect', 'HTTP-POST'] })
      .notNull()
      .default('HTTP-Redirect'),
    signRequests: integer({ mode: 'boolean' }).notNull().default(true),
    forceAuthn: integer({ mode: 'boolean' }).notNull().default(false),
    nameIDFormat: text(),
    requestedAuthnContext: text({ mode: 'json' }).$type<string[]>(),
    idpInitiated: text({ enum: ['refuse', 'restart', 'accept'] })
      .notNull()
      .default('restart'),
    /** Users go here by POST after logout. */
    logoutRedirectURL: text(),
    /** Attribute names of this IdP where they are not among the known ones: {"email": "…", "firstName": "…", "lastName": "…"}. */
    attributeMapping: text({ mode: 'json' }).$type<AttributeMapping>(),
    /** Legacy switches an operator has set knowingly: "sha1", "aes-cbc". */
    allow: text({ mode: 'json' })
      .$type<('sha1' | 'aes-cbc')[]>()
      .notNull()
      .default(sql`'[]'`),
    clockSkewSeconds: integer().notNull().default(60),
    createdAt: integer().notNull(),
    updatedAt: integer().notNull(),
  },
  (table) => [
    index('connections_tenant').on(table.tenantSid),
    check('clock_skew', sql`${table.clockSkewSeconds} BETWEEN 0 AND 300`),
  ],
)

/** The IdP's signing certificates, pinned. Written by connection operations; read whole at every ACS request. Deleted when removed. */
export const certificates = sqliteTable(
  'certificates',
  {
    connectionSid: text()
      .notNull()
      .references(() => connections.sid),
    /** SHA-256 of the DER, lower-case hexadecimal. */
    fingerprint: text().notNull(),
    /** X.509, DER in base64. */
    certificate: text().notNull(),
    createdAt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.fingerprint] })],
)

/**
 * A person who logs in to the vendor's product. Written by the import and by rollouts; read at every login by e-mail.
 * `password` means SSO off. The other methods are bound to exactly one connection.
 */
export const users = sqliteTable(
  'users',
  {
    sid: text().primaryKey(),
    tenantSid: text()
      .notNull()
      .references(() => tenants.sid),
    externalID: text(),
    /** As the vendor's app shows it. */
    email: text().notNull(),
    /** The e-mail in lower case: what logins are matched by. */
    emailKey: text().notNull(),
    firstName: text(),
    lastName: text(),
    signInMethod: text({ enum: ['password', 'sso_enabled', 'sso_enforced'] })
      .notNull()
      .default('password'),
    connectionSid: text().references(() => connections.sid),
    suspendedAt: integer(),
    createdAt: integer().notNull(),
    updatedAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex('users_email').on(table.emailKey),
    uniqueIndex('users_external_id').on(table.tenantSid, table.externalID),
    index('users_connection').on(table.connectionSid),
    check(
      'sso_needs_a_connection',
      sql`(${table.signInMethod} = 'password') = (${table.connectionSid} IS NULL)`,
    ),
  ],
)

/** Which users belong to which accounts. Written by the import; read by rollouts. */
export const memberships = sqliteTable(
  'memberships',
  {
    accountSid: text()
      .notNull()
      .references(() => accounts.sid),
    userSid: text()
      .notNull()
      .references(() => users.sid),
  },
  (table) => [
    primaryKey({ columns: [table.accountSid, table.userSid] }),
    index('memberships_user').on(table.userSid),
  ],
)

/**
 * Who a NameID stands for at a connection. Written by the first login; read at every later one, which is refused when
 * NameID and user no longer go together. Deleted when an admin re-binds the user.
 */
export const nameIDs = sqliteTable(
  'name_ids',
  {
    connectionSid: text()
      .notNull()
      .references(() => connections.sid),
    nameID: text().notNull(),
    userSid: text()
      .notNull()
      .references(() => users.sid),
    createdAt: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.nameID] }),
    uniqueIndex('name_ids_user').on(table.connectionSid, table.userSid),
  ],
)

/**
 * The ledger of what may happen once. Written by plain INSERTs in the batch of the login they belong to: a second one
 * violates the primary key and takes the whole batch back. Read by nobody. Dies when `expiresAt` has passed.
 */
export const spent = sqliteTable(
  'spent',
  {
    connectionSid: text().notNull(),
    kind: text({ enum: ['request', 'assertion', 'handoff'] }).notNull(),
    id: text().notNull(),
    expiresAt: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.kind, table.id] }),
    index('spent_expires').on(table.expiresAt),
  ],
)

/**
 * What one login looked like. Written by the ACS, once a response; read by operators and customer admins. Dies after 90
 * days. Refused attempts are cheap to make for strangers: they are numbered in a ring of 500 a connection, those that
 * no pinned key had signed apart from those that one had, and the oldest goes when one comes.
 */
export const attempts = sqliteTable(
  'attempts',
  {
    sid: text().primaryKey(),
    connectionSid: text()
      .notNull()
      .references(() => connections.sid),
    ring: text({ enum: ['unproven', 'refused'] }),
    /** Counts up by one within connection and ring. */
    ringNumber: integer(),
    /** The first failing code; null: the response was accepted. */
    code: text(),
    checks: text({ mode: 'json' }).notNull().$type<CheckRow[]>(),
    /** The message with everything personal or secret taken out. */
    message: text(),
    userSid: text(),
    idpInitiated: integer({ mode: 'boolean' }).notNull(),
    /** Of the certificate whose key had signed. */
    certificateFingerprint: text(),
    verifyMicros: integer(),
    createdAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex('attempts_ring').on(table.connectionSid, table.ring, table.ringNumber),
    index('attempts_connection').on(table.connectionSid, table.createdAt),
    index('attempts_created').on(table.createdAt),
  ],
)

/**
 * An accepted response on its way to the browser that began the login. Written by the ACS, read and spent by
 * /login/finish. Dies after two minutes.
 */
export const handoffs = sqliteTable(
  'handoffs',
  {
    /** SHA-256 of the one-time code, base64url. */
    codeHash: text().primaryKey(),
    attemptSid: text().notNull(),
    connectionSid: text().notNull(),
    userSid: text().notNull(),
    /** SHA-256 of the browser's login cookie, base64url. */
    browserHash: text().notNull(),
    returnTo: text().notNull(),
    principal: text({ mode: 'json' }).notNull().$type<Principal>(),
    expiresAt: integer().notNull(),
  },
  (table) => [index('handoffs_expires').on(table.expiresAt)],
)

/** Gatepost's own login session. Written by /login/finish and by logout; read with every signed-in page. Dies 30 days after it ended. */
export const sessions = sqliteTable(
  'sessions',
  {
    sid: text().primaryKey(),
    /** SHA-256 of the session cookie, base64url. */
    tokenHash: text().notNull(),
    userSid: text()
      .notNull()
      .references(() => users.sid),
    connectionSid: text()
      .notNull()
      .references(() => connections.sid),
    attemptSid: text().notNull(),
    principal: text({ mode: 'json' }).notNull().$type<Principal>(),
    createdAt: integer().notNull(),
    expiresAt: integer().notNull(),
    endedAt: integer(),
  },
  (table) => [
    uniqueIndex('sessions_token').on(table.tokenHash),
    index('sessions_user').on(table.userSid),
    index('sessions_connection').on(table.connectionSid),
    index('sessions_expires').on(table.expiresAt),
  ],
)
