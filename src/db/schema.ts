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
  sid: text('sid').primaryKey(),
  name: text('name').notNull(),
  plan: text('plan', { enum: ['enterprise', 'standard'] }).notNull(),
  /** Shown on error pages: where a person of this tenant asks for help. */
  supportContact: text('support_contact'),
  suspendedAt: integer('suspended_at'),
  createdAt: integer('created_at').notNull(),
})

/** A billing or project account of the vendor's product. Written by the import; read by rollouts. */
export const accounts = sqliteTable(
  'accounts',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    externalID: text('external_id'),
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
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
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    name: text('name').notNull(),
    state: text('state', {
      enum: ['draft', 'testing', 'validated', 'live', 'suspended'],
    }).notNull(),
    /** Counts the changes of trust-relevant fields. A login begun under another revision is refused. */
    revision: integer('revision').notNull().default(1),
    /** Compared with Issuer byte for byte. */
    entityID: text('entity_id').notNull(),
    ssoRedirectURL: text('sso_redirect_url'),
    ssoPostURL: text('sso_post_url'),
    /** The binding used for AuthnRequests where the IdP offers both. */
    requestBinding: text('request_binding', { enum: ['HTTP-Redirect', 'HTTP-POST'] })
      .notNull()
      .default('HTTP-Redirect'),
    signRequests: integer('sign_requests', { mode: 'boolean' }).notNull().default(true),
    forceAuthn: integer('force_authn', { mode: 'boolean' }).notNull().default(false),
    nameIDFormat: text('name_id_format'),
    requestedAuthnContext: text('requested_authn_context', { mode: 'json' }).$type<string[]>(),
    idpInitiated: text('idp_initiated', { enum: ['refuse', 'restart', 'accept'] })
      .notNull()
      .default('restart'),
    /** Users go here by POST after logout. */
    logoutRedirectURL: text('logout_redirect_url'),
    /** Attribute names of this IdP where they are not among the known ones: {"email": "…", "firstName": "…", "lastName": "…"}. */
    attributeMapping: text('attribute_mapping', { mode: 'json' }).$type<AttributeMapping>(),
    /** Legacy switches an operator has set knowingly: "sha1", "aes-cbc". */
    allow: text('allow', { mode: 'json' })
      .$type<('sha1' | 'aes-cbc')[]>()
      .notNull()
      .default(sql`'[]'`),
    clockSkewSeconds: integer('clock_skew_seconds').notNull().default(60),
    /** While suspended: what was interrupted, and at which revision. */
    suspendedFrom: text('suspended_from', { enum: ['draft', 'testing', 'validated', 'live'] }),
    suspendedRevision: integer('suspended_revision'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
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
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** SHA-256 of the DER, lower-case hexadecimal. */
    fingerprint: text('fingerprint').notNull(),
    /** X.509, DER in base64. */
    certificate: text('certificate').notNull(),
    createdAt: integer('created_at').notNull(),
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
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    externalID: text('external_id'),
    /** As the vendor's app shows it. */
    email: text('email').notNull(),
    /** The e-mail in lower case: what logins are matched by. */
    emailKey: text('email_key').notNull(),
    firstName: text('first_name'),
    lastName: text('last_name'),
    signInMethod: text('sign_in_method', { enum: ['password', 'sso_enabled', 'sso_enforced'] })
      .notNull()
      .default('password'),
    connectionSid: text('connection_sid').references(() => connections.sid),
    suspendedAt: integer('suspended_at'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
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

/**
 * What operators and customer admins have done: append-only. Written in the batch of the change it tells of; read by both
 * sides. Never dies.
 */
export const events = sqliteTable(
  'events',
  {
    sid: text('sid').primaryKey(),
    /** Null where it concerns no single tenant. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    /** Who did it, as shown: `operator ann`, `customer admin bob`. */
    actor: text('actor').notNull(),
    /** Noun and verb: `connection.create`. */
    action: text('action').notNull(),
    /** SID of what was changed. */
    subjectSid: text('subject_sid').notNull(),
    /** The fields that changed, before and after. No secret is a field. */
    before: text('before', { mode: 'json' }).$type<Record<string, unknown>>(),
    after: text('after', { mode: 'json' }).$type<Record<string, unknown>>(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('events_tenant').on(table.tenantSid, table.createdAt),
    index('events_subject').on(table.subjectSid, table.createdAt),
  ],
)

/** Which users belong to which accounts. Written by the import; read by rollouts. */
export const memberships = sqliteTable(
  'memberships',
  {
    accountSid: text('account_sid')
      .notNull()
      .references(() => accounts.sid),
    userSid: text('user_sid')
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
 * The ledger of what may happen once. Written by plain INSERTs in the batch of the login they belong to: a second one
 * violates the primary key and takes the whole batch back. Read by nobody. Dies when `expiresAt` has passed.
 */
export const spent = sqliteTable(
  'spent',
  {
    connectionSid: text('connection_sid').notNull(),
    kind: text('kind', { enum: ['request', 'assertion', 'handoff'] }).notNull(),
    id: text('id').notNull(),
    expiresAt: integer('expires_at').notNull(),
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
    createdAt: integer('created_at').notNull(),
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
  (table) => [index('handoffs_expires').on(table.expiresAt)],
)

/** Gatepost's own login session. Written by /login/finish and by logout; read with every signed-in page. Dies 30 days after it ended. */
export const sessions = sqliteTable(
  'sessions',
  {
    sid: text('sid').primaryKey(),
    /** SHA-256 of the session cookie, base64url. */
    tokenHash: text('token_hash').notNull(),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    attemptSid: text('attempt_sid').notNull(),
    principal: text('principal', { mode: 'json' }).notNull().$type<Principal>(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [
    uniqueIndex('sessions_token').on(table.tokenHash),
    index('sessions_user').on(table.userSid),
    index('sessions_connection').on(table.connectionSid),
    index('sessions_expires').on(table.expiresAt),
  ],
)
