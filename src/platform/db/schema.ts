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
import type { ErrorCode } from '../../errors.ts'
import type { CheckRow } from '../../saml/response/checks.ts'
import type { AttributeMapping } from '../../saml/response/principal.ts'
import type { Principal } from '../../saml/response/verify-response.ts'

/** What a customer's administrator may be allowed to do, besides looking: configure the IdP's side, and test it. */
export const CAPABILITIES = ['configure', 'test'] as const
export type Capability = (typeof CAPABILITIES)[number]

/** What goes through a rollout's list in chunks. */
export type RolloutStep = 'freeze' | 'refresh' | 'enable' | 'inform' | 'enforce' | 'roll_back'

/** Where such a step has to go on, and how much it has done. */
export type RolloutCursor = {
  version: number
  /** The last key that is done: a user's SID, or where a selector stands. Empty: none yet. */
  after: string
  /** Rows gone through, and of how many. */
  seen: number
  total: number
  /** `freeze`: which source is being read. `roll_back`: what users go back to. */
  part?: string
}

/** Whether a URL of a connection answered, as an administrator needs to know it. */
export type Reachability = {
  field: 'ssoRedirectURL' | 'ssoPostURL' | 'logoutRedirectURL'
  url: string
  result: 'reachable' | 'unreachable' | 'private'
  reason: string
}

/** A customer organisation. Written by operators; read at every login. Never deleted, only suspended. */
export const tenants = sqliteTable(
  'tenants',
  {
    sid: text('sid').primaryKey(),
    name: text('name').notNull(),
    plan: text('plan', { enum: ['enterprise', 'standard'] }).notNull(),
    /** Shown on error pages: where a person of this tenant asks for help. */
    supportContact: text('support_contact'),
    suspendedAt: integer('suspended_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('tenants_created').on(table.createdAt)],
)

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
    /** The IdP's product where somebody has chosen it; null: as recognised. Chooses words, decides nothing. */
    preset: text('preset'),
    /** While suspended: what was interrupted, and at which revision. */
    suspendedFrom: text('suspended_from', { enum: ['draft', 'testing', 'validated', 'live'] }),
    suspendedRevision: integer('suspended_revision'),
    /** Whether its URLs answered when they were asked last. Written without touching `updatedAt`: it is no edit. */
    reachability: text('reachability', { mode: 'json' }).$type<Reachability[]>(),
    reachabilityCheckedAt: integer('reachability_checked_at'),
    /** When somebody signed in through it last, or tested it with success. */
    lastLoginAt: integer('last_login_at'),
    /** When something that is no browser read our metadata last. */
    metadataFetchedAt: integer('metadata_fetched_at'),
    createdAt: integer('created_at').notNull(),
    /** The version of the row: every edit makes it greater. */
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('connections_tenant').on(table.tenantSid, table.createdAt),
    index('connections_created').on(table.createdAt),
    index('connections_reachability').on(table.reachabilityCheckedAt),
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
    /** Null until the daily check has read it: rows from before it was kept. */
    notAfter: integer('not_after'),
    /** When somebody signed in last with what its key had signed, or tested it. */
    lastUsedAt: integer('last_used_at'),
    /** The last warning given before it expires: 60, 30, 14, 7 or 1 days. */
    warnedDays: integer('warned_days'),
    /** First seen. */
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.fingerprint] }),
    index('certificates_not_after').on(table.notAfter),
  ],
)

/**
 * Signing certificates that a metadata refresh has found and nobody has vouched for. No login trusts them: they have a
 * table of their own, so that no query can take one for a pinned one. Written by the refresh; read by pages, and by a
 * login whose signature no pinned key verifies. Deleted when trusted or refused.
 */
export const quarantinedCertificates = sqliteTable(
  'quarantined_certificates',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    fingerprint: text('fingerprint').notNull(),
    certificate: text('certificate').notNull(),
    /** When somebody said no: it is not offered again while the metadata has it. */
    refusedAt: integer('refused_at'),
    /** When a login came that its key had signed. */
    lastSeenAt: integer('last_seen_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.fingerprint] })],
)

/**
 * Where a connection's IdP publishes its metadata. Written by administrators and by the refresh; read by both. Deleted when
 * the URL is taken away.
 */
export const metadataSources = sqliteTable(
  'metadata_sources',
  {
    connectionSid: text('connection_sid')
      .primaryKey()
      .references(() => connections.sid),
    url: text('url').notNull(),
    /** The certificate (DER in base64) that signs this metadata, pinned: only then a refresh may trust new keys by itself. */
    signingCertificate: text('signing_certificate'),
    /** For conditional requests (RFC 9110 §13.1). */
    etag: text('etag'),
    lastModified: text('last_modified'),
    /** SHA-256 of the document read last, base64url. */
    digest: text('digest'),
    /** What it says otherwise than the connection, keys aside: waits for a person. */
    difference: text('difference', { mode: 'json' }).$type<{
      before: Record<string, unknown>
      after: Record<string, unknown>
    }>(),
    /** Fingerprints of pinned certificates that it has no more. */
    missing: text('missing', { mode: 'json' }).$type<string[]>(),
    /** When it was read whole and understood last. */
    fetchedAt: integer('fetched_at'),
    /** Why the last refresh failed, and since when they fail; null: it did not. What was read before stays in force. */
    failure: text('failure', { mode: 'json' }).$type<{
      code: ErrorCode
      reason: string
      since: number
    }>(),
    /** When the next refresh is due. */
    refreshAt: integer('refresh_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('metadata_sources_due').on(table.refreshAt)],
)

/**
 * Our own key pairs where they live in D1. Written by `prepare`, `rotate` and `retire`; read whole with every login, three
 * rows at most. Deleted when retired.
 */
export const keyPairs = sqliteTable(
  'key_pairs',
  {
    /** SHA-256 of the certificate, lower-case hexadecimal. */
    fingerprint: text('fingerprint').primaryKey(),
    stage: text('stage', { enum: ['current', 'next', 'previous'] }).notNull(),
    /** X.509, DER in base64. */
    certificate: text('certificate').notNull(),
    /** PKCS#8, encrypted under the key-encryption key (AES-256-GCM, IV before the ciphertext, base64). */
    encryptedPrivateKey: text('encrypted_private_key').notNull(),
    notAfter: integer('not_after').notNull(),
    warnedDays: integer('warned_days'),
    /** Since when our metadata has it. */
    createdAt: integer('created_at').notNull(),
    /** Since when it signs. */
    activatedAt: integer('activated_at'),
  },
  (table) => [uniqueIndex('key_pairs_stage').on(table.stage)],
)

/**
 * Bearer keys of the API. Written by operators; read with every API request. Kept after revocation, for the audit trail.
 */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    sid: text('sid').primaryKey(),
    /** Null: an operator's key. Else it reaches that tenant alone. */
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    name: text('name').notNull(),
    /** SHA-256 of the secret, base64url. */
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    /** To the hour. */
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('api_keys_secret').on(table.secretHash),
    index('api_keys_tenant').on(table.tenantSid, table.createdAt),
    index('api_keys_created').on(table.createdAt),
  ],
)

/**
 * Links that open the setup portal of one connection to a customer's administrator. Written by operators; read with every
 * page of the portal. Kept after they end, for the audit trail.
 */
export const setupLinks = sqliteTable(
  'setup_links',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** For whom it was made: the name in the audit trail. */
    name: text('name').notNull(),
    /** What it may do besides looking. */
    capabilities: text('capabilities', { mode: 'json' }).$type<Capability[]>().notNull(),
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('setup_links_secret').on(table.secretHash),
    index('setup_links_connection').on(table.connectionSid, table.createdAt),
  ],
)

/** One-time links into the console. Written by the CLI and operators' keys; spent by the sign-in page. Dies a day after it expired. */
export const signInLinks = sqliteTable(
  'sign_in_links',
  {
    secretHash: text('secret_hash').primaryKey(),
    /** The operator who signs in with it. */
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    spentAt: integer('spent_at'),
  },
  (table) => [index('sign_in_links_expires').on(table.expiresAt)],
)

/** Operators signed in to the console. Written by the sign-in page and by sign-out; read with every page. Dies a day after it ended. */
export const consoleSessions = sqliteTable(
  'console_sessions',
  {
    secretHash: text('secret_hash').primaryKey(),
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('console_sessions_expires').on(table.expiresAt)],
)

/**
 * Which creation an Idempotency-Key has made. Written in the batch of the creation, so that two at once make one; read when
 * the same request comes again. Dies after a day.
 */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** SHA-256 over who asks, where, and the key, base64url. */
    keyHash: text('key_hash').primaryKey(),
    /** SHA-256 over the request's body, base64url. */
    requestHash: text('request_hash').notNull(),
    subjectSid: text('subject_sid').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('idempotency_keys_created').on(table.createdAt)],
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
    /** The import that had this user last, and in which row: so an import finds a user that its file has twice. */
    importSid: text('import_sid'),
    importRow: integer('import_row'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('users_email').on(table.emailKey),
    uniqueIndex('users_external_id').on(table.tenantSid, table.externalID),
    index('users_connection').on(table.connectionSid, table.createdAt),
    // With the SID, so that lists and rollouts go on exactly where they stopped among users of one moment.
    index('users_tenant').on(table.tenantSid, table.createdAt, table.sid),
    check(
      'sso_needs_a_connection',
      sql`(${table.signInMethod} = 'password') = (${table.connectionSid} IS NULL)`,
    ),
  ],
)

/**
 * An upload of users, taken in chunks. Written by import operations, with each chunk; read by whoever goes on with it. Never
 * dies: it says where users come from.
 */
export const imports = sqliteTable(
  'imports',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    /** What it is called: a file's name. */
    name: text('name').notNull(),
    /** SHA-256 of the file, lower-case hexadecimal, where there is a file: the same file goes on with the same import. */
    digest: text('digest'),
    /** Rows taken so far, in the file's order: the next chunk begins there. */
    position: integer('position').notNull().default(0),
    created: integer('created').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    refused: integer('refused').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    index('imports_tenant').on(table.tenantSid, table.createdAt),
    uniqueIndex('imports_open')
      .on(table.tenantSid, table.digest)
      .where(sql`finished_at IS NULL`),
  ],
)

/**
 * E-mail domains that a tenant says are its own, pending or verified. Written by administrators and by the check; read by both,
 * and by rollouts that select by domain. Deleted when taken away.
 */
export const domains = sqliteTable(
  'domains',
  {
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    /** Lower case, ASCII: an internationalized name is in its `xn--` form. */
    domain: text('domain').notNull(),
    /** What the TXT record has to say. No secret: it stands in public DNS. */
    token: text('token').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    /** When DNS was asked last. */
    checkedAt: integer('checked_at'),
    /** Why the last check did not find the record; null: it did. */
    failure: text('failure'),
    verifiedAt: integer('verified_at'),
    /** What it is verified by: the record, or an operator who says so. */
    verifiedBy: text('verified_by', { enum: ['dns', 'operator'] }),
    /** Why an operator has said so. */
    reason: text('reason'),
    /** Since when the record of a verified domain is gone: a warning. */
    missingSince: integer('missing_since'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantSid, table.domain] }),
    // Several tenants may claim a domain; one has it.
    uniqueIndex('domains_verified')
      .on(table.domain)
      .where(sql`verified_at IS NOT NULL`),
    index('domains_checked').on(table.checkedAt),
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
    index('events_created').on(table.createdAt),
  ],
)

/** People who try a connection before anybody else. Written by nominations; read by the validation room. Deleted when a nomination is taken back. */
export const testers = sqliteTable(
  'testers',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** True where the nomination has switched SSO on: taking it back switches it off again. */
    enabled: integer('enabled', { mode: 'boolean' }).notNull().default(false),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.userSid] })],
)

/**
 * What each side says of a connection's configuration, after trying it. Written by signOffs; read when a connection is
 * validated and whenever somebody is to be enforced. One row a side and revision: saying it again replaces it. Never dies.
 */
export const signOffs = sqliteTable(
  'sign_offs',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    revision: integer('revision').notNull(),
    side: text('side', { enum: ['vendor', 'customer'] }).notNull(),
    verdict: text('verdict', { enum: ['pass', 'fail'] }).notNull(),
    /** Who says it. */
    name: text('name').notNull(),
    note: text('note'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.revision, table.side] })],
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
 * Addresses under which an IdP knows users whose login e-mail is another one. Written by administrators; read at every
 * login before the login e-mail. Deleted when taken back.
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
  ],
)

/** The IdP's own list of its users, as uploaded last. Written by uploads; read when a rollout's list is reconciled. Replaced whole. */
export const idpUsers = sqliteTable(
  'idp_users',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    emailKey: text('email_key').notNull(),
    /** Which upload it came with. */
    upload: text('upload').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.emailKey] })],
)

/**
 * One cohort's way from selection to enforcement. Written by rollout operations; read by both sides. Never deleted. Each step
 * names the version of the list it was made for: a newer version makes it stale.
 */
export const rollouts = sqliteTable(
  'rollouts',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    name: text('name').notNull(),
    /** Who is meant: the union of these, and of the users of `rollout_selections`. */
    selectors: text('selectors', { mode: 'json' })
      .$type<{ domains: string[]; accounts: string[] }>()
      .notNull(),
    /** The newest list; 0: none yet. */
    version: integer('version').notNull().default(0),
    /** False while a version is being filled in chunks. */
    frozen: integer('frozen', { mode: 'boolean' }).notNull().default(false),
    /** When the newest list was begun: users created later are not in it. */
    versionAt: integer('version_at'),
    /** Members of the selected accounts who belong to another tenant: they were left out. */
    foreignUsers: integer('foreign_users').notNull().default(0),
    /** How far each step has come that goes through the list in chunks. No entry: it is not under way. */
    cursors: text('cursors', { mode: 'json' })
      .$type<Partial<Record<RolloutStep, RolloutCursor>>>()
      .notNull()
      .default(sql`'{}'`),
    reviewedVersion: integer('reviewed_version'),
    reviewedBy: text('reviewed_by'),
    enabledVersion: integer('enabled_version'),
    informedVersion: integer('informed_version'),
    /** Why the go-ahead was given though not everybody had been informed. */
    uninformedReason: text('uninformed_reason'),
    approvedVersion: integer('approved_version'),
    approvedBy: text('approved_by'),
    /** Whom enforcement takes: those who have proved that they can, or everybody. */
    scope: text('scope', { enum: ['proved', 'all'] })
      .notNull()
      .default('proved'),
    /** When enforcement begins by itself; null: by hand. */
    enforceAt: integer('enforce_at'),
    enforcedVersion: integer('enforced_version'),
    rolledBackAt: integer('rolled_back_at'),
    notice: text('notice', { mode: 'json' }).$type<{
      subject: string
      text: string
      link: string | null
      date: string | null
      /** When it was written: who was informed before is informed again. */
      changedAt: number
    }>(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('rollouts_connection').on(table.connectionSid, table.createdAt),
    index('rollouts_tenant').on(table.tenantSid, table.createdAt),
    index('rollouts_due').on(table.enforceAt),
  ],
)

/**
 * Users whom a rollout names one by one. Written by its selectors; read when a version is frozen. Deleted when taken out of
 * the selection.
 */
export const rolloutSelections = sqliteTable(
  'rollout_selections',
  {
    rolloutSid: text('rollout_sid')
      .notNull()
      .references(() => rollouts.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
  },
  (table) => [primaryKey({ columns: [table.rolloutSid, table.userSid] })],
)

/**
 * A frozen list, row by row. Written when a version is frozen, reviewed, and carried out; read by both sides. Never deleted:
 * it says who was meant.
 */
export const rolloutMembers = sqliteTable(
  'rollout_members',
  {
    rolloutSid: text('rollout_sid')
      .notNull()
      .references(() => rollouts.sid),
    version: integer('version').notNull(),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** The login e-mail when the list was made, in lower case: lists are in its order. */
    emailKey: text('email_key').notNull().default(''),
    /** What a reviewer should know: codes like `alias`, `other_accounts`, `suspended`. */
    findings: text('findings', { mode: 'json' }).$type<string[]>().notNull(),
    included: integer('included', { mode: 'boolean' }).notNull(),
    /** Why it is in or out, where somebody has said. */
    reason: text('reason'),
    decidedBy: text('decided_by'),
    /** What the step in progress has done to it: for resuming, and for the report. */
    enabledAt: integer('enabled_at'),
    informedAt: integer('informed_at'),
    enforcedAt: integer('enforced_at'),
    /** Why a step has left it out. */
    skipped: text('skipped'),
  },
  (table) => [
    primaryKey({ columns: [table.rolloutSid, table.version, table.userSid] }),
    index('rollout_members_user').on(table.userSid),
    index('rollout_members_email').on(
      table.rolloutSid,
      table.version,
      table.emailKey,
      table.userSid,
    ),
  ],
)

/**
 * Owners who keep their password whatever is enforced, for the day the IdP is down. Written by operators; read by enforcement
 * and by the sign-in decision. Kept after they end.
 */
export const breakGlass = sqliteTable(
  'break_glass',
  {
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    reason: text('reason').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
    /** A recovery code was spent: until then the password alone counts. */
    passwordUntil: integer('password_until'),
    /** SHA-256 of the code that goes on to the app in its place, base64url; null: none, or spent. */
    handoverHash: text('handover_hash'),
  },
  (table) => [primaryKey({ columns: [table.tenantSid, table.userSid] })],
)

/** One-time codes with which an owner gets in when nothing else does. Written when made; spent once. Kept, for the audit trail. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    /** SHA-256 of the code, base64url. */
    codeHash: text('code_hash').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    createdAt: integer('created_at').notNull(),
    spentAt: integer('spent_at'),
  },
  (table) => [index('recovery_codes_user').on(table.userSid)],
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
    /** When it was used last: to the minute, so that few requests write this row. */
    lastSeenAt: integer('last_seen_at').notNull().default(0),
    /** The end that nothing moves: our absolute lifetime, or the IdP's SessionNotOnOrAfter where that is earlier. */
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
    /** Why it ended before its time. */
    endedBecause: text('ended_because', {
      enum: ['logout', 'revoked', 'user_suspended', 'connection_suspended', 'tenant_suspended'],
    }),
  },
  (table) => [
    uniqueIndex('sessions_token').on(table.tokenHash),
    index('sessions_user').on(table.userSid, table.createdAt),
    index('sessions_connection').on(table.connectionSid, table.createdAt),
    index('sessions_expires').on(table.expiresAt),
  ],
)

/**
 * An app of the vendor's that signs its users in through Gatepost by OpenID Connect (its fields are those of OpenID Connect
 * Dynamic Client Registration 1.0). Written by operators; read with every authorization and token request. Never deleted, only
 * disabled.
 */
export const clients = sqliteTable(
  'clients',
  {
    /** The `client_id`. */
    sid: text('sid').primaryKey(),
    name: text('name').notNull(),
    tokenEndpointAuthMethod: text('token_endpoint_auth_method', {
      enum: ['client_secret_basic', 'client_secret_post', 'none'],
    }).notNull(),
    /** SHA-256 of the secret, base64url; null: a public client. */
    secretHash: text('secret_hash'),
    /** The secret before, while it still counts. */
    previousSecretHash: text('previous_secret_hash'),
    previousSecretUntil: integer('previous_secret_until'),
    /** Compared byte for byte. */
    redirectURIs: text('redirect_uris', { mode: 'json' }).$type<string[]>().notNull(),
    postLogoutRedirectURIs: text('post_logout_redirect_uris', { mode: 'json' })
      .$type<string[]>()
      .notNull()
      .default(sql`'[]'`),
    /** Where users without SSO go on, with the authorization request as it came. */
    passwordLoginURL: text('password_login_url'),
    /** Where logins that begin at an IdP end (OpenID Connect Core 1.0 §4). */
    initiateLoginURI: text('initiate_login_uri'),
    backchannelLogoutURI: text('backchannel_logout_uri'),
    /** True for the one that logins from an IdP go to where they say no app. */
    isDefault: integer('is_default', { mode: 'boolean' }).notNull().default(false),
    disabledAt: integer('disabled_at'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('clients_default')
      .on(table.isDefault)
      .where(sql`is_default = 1`),
    index('clients_created').on(table.createdAt),
  ],
)

/**
 * Origins that a login may return to because a client says so. Written with the client; read by one key when a login names an
 * absolute return target.
 */
export const clientOrigins = sqliteTable(
  'client_origins',
  {
    /** Like `https://app.vendor.example`. */
    origin: text('origin').notNull(),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
  },
  (table) => [
    primaryKey({ columns: [table.origin, table.clientSid] }),
    index('client_origins_client').on(table.clientSid),
  ],
)

/**
 * What a client was allowed in a session: an authorization code and everything that comes of it. Written by the authorization
 * endpoint, spent by the token endpoint, ended by a reused code or refresh token, by revocation, and with its session. Dies 30
 * days after it expired.
 */
export const grants = sqliteTable(
  'grants',
  {
    sid: text('sid').primaryKey(),
    /** SHA-256 of the authorization code, base64url. */
    codeHash: text('code_hash').notNull(),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
    sessionSid: text('session_sid')
      .notNull()
      .references(() => sessions.sid),
    userSid: text('user_sid').notNull(),
    redirectURI: text('redirect_uri').notNull(),
    scope: text('scope').notNull(),
    nonce: text('nonce'),
    /** S256 (RFC 7636 §4.2). */
    codeChallenge: text('code_challenge').notNull(),
    /** Until when the code counts. */
    codeExpiresAt: integer('code_expires_at').notNull(),
    spentAt: integer('spent_at'),
    /** Of all that comes of it: tokens never outlive this, whatever they say themselves. */
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('grants_code').on(table.codeHash),
    index('grants_session').on(table.sessionSid),
    index('grants_expires').on(table.expiresAt),
  ],
)

/** Access and refresh tokens. Written by the token endpoint; read by it and by userinfo. Dies a day after it expired. */
export const tokens = sqliteTable(
  'tokens',
  {
    /** SHA-256 of the token, base64url. */
    tokenHash: text('token_hash').primaryKey(),
    kind: text('kind', { enum: ['access', 'refresh'] }).notNull(),
    grantSid: text('grant_sid')
      .notNull()
      .references(() => grants.sid),
    expiresAt: integer('expires_at').notNull(),
    /** Of a refresh token: when it was exchanged for the next one. */
    spentAt: integer('spent_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('tokens_grant').on(table.grantSid),
    index('tokens_expires').on(table.expiresAt),
  ],
)

/**
 * Keys that sign ID and logout tokens (ES256). Written by the maintenance and by operators; read whole wherever something is signed
 * and by the JWKS, three rows at most. A key is published for a day before it signs, and for a day after the next one does.
 */
export const signingKeys = sqliteTable('signing_keys', {
  /** RFC 7638 thumbprint. */
  kid: text('kid').primaryKey(),
  /** JWK. */
  publicKey: text('public_key', { mode: 'json' }).$type<JsonWebKey>().notNull(),
  /** PKCS#8, encrypted under the key-encryption key as `key_pairs` are. */
  encryptedPrivateKey: text('encrypted_private_key').notNull(),
  /** Since when it may sign: others have had the time to read it. */
  signsAt: integer('signs_at').notNull(),
  createdAt: integer('created_at').notNull(),
})

/**
 * Logout tokens to be sent to clients whose session has ended (OpenID Connect Back-Channel Logout 1.0). Written by a trigger when
 * a session ends, so that no way of ending one can forget it; taken by the sender. Dies 30 days after it was sent or given up.
 */
export const logoutDeliveries = sqliteTable(
  'logout_deliveries',
  {
    sid: text('sid').primaryKey(),
    clientSid: text('client_sid')
      .notNull()
      .references(() => clients.sid),
    sessionSid: text('session_sid').notNull(),
    userSid: text('user_sid').notNull(),
    /** Tries so far. */
    tries: integer('tries').notNull().default(0),
    /** When it is tried next; null: sent, or given up. */
    dueAt: integer('due_at'),
    /** What the last try came to, where it failed: a word, and no more of the answer than its status. */
    failure: text('failure'),
    sentAt: integer('sent_at'),
    /** When it was given up: these are the dead letters. */
    deadAt: integer('dead_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('logout_deliveries_due')
      .on(table.dueAt)
      .where(sql`due_at IS NOT NULL`),
    index('logout_deliveries_client').on(table.clientSid, table.createdAt),
    index('logout_deliveries_created').on(table.createdAt),
    index('logout_deliveries_dead')
      .on(table.createdAt)
      .where(sql`dead_at IS NOT NULL`),
  ],
)

/**
 * Bearer tokens with which an IdP provisions users of one connection (SCIM 2.0). Written by administrators; read with every SCIM
 * request. Kept after revocation, for the audit trail.
 */
export const scimTokens = sqliteTable(
  'scim_tokens',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    name: text('name').notNull(),
    /** SHA-256 of the token, base64url. */
    secretHash: text('secret_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
    /** To the hour. */
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('scim_tokens_secret').on(table.secretHash),
    index('scim_tokens_connection').on(table.connectionSid, table.createdAt),
  ],
)

/**
 * What an IdP has said by SCIM of a user: that it knows them, and as whom. Written by SCIM requests; read by them, and by rollouts
 * as evidence. Where the IdP has deleted the user, the row stays without a name: it says whose the suspension is.
 */
export const scimUsers = sqliteTable(
  'scim_users',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** As the IdP wrote it; empty: it has deleted the user. */
    userName: text('user_name').notNull(),
    /** In lower case: userName is compared so (RFC 7643 §4.1.1). Of a deleted user, what no userName is. */
    userNameKey: text('user_name_key').notNull(),
    externalID: text('external_id'),
    displayName: text('display_name'),
    active: integer('active', { mode: 'boolean' }).notNull(),
    /** The suspension that came of it. Where the user's own is another one, somebody else has suspended them: the IdP does not lift that. */
    suspendedAt: integer('suspended_at'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.userSid] }),
    uniqueIndex('scim_users_user_name').on(table.connectionSid, table.userNameKey),
    index('scim_users_external_id').on(table.connectionSid, table.externalID),
    index('scim_users_user').on(table.userSid),
  ],
)
