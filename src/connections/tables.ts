// Tables of connections.
import { and, sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  sqliteTable,
  sqliteView,
  text,
  type SQLiteColumn,
} from 'drizzle-orm/sqlite-core'
import type { Reachability } from './reachability.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { PROBE_CONNECTION, PROBE_TENANT } from '../probe-sids.ts'
import type { AttributeMapping } from '../saml/response/principal.ts'

/** A table's definition has values, not parameters. */
const TENANT_OF_PROBE = sql.raw(`'${PROBE_TENANT}'`)
const CONNECTION_OF_PROBE = sql.raw(`'${PROBE_CONNECTION}'`)

/**
 * No row is of the synthetic login. A login reads nothing for it. The primary key of `connections`
 * says which it is, so that no edit can take the mark away.
 */
export function neverOfProbe(
  name: string,
  table: { tenantSid?: SQLiteColumn; connectionSid?: SQLiteColumn },
) {
  const { tenantSid, connectionSid } = table
  const tenant = tenantSid && sql`${tenantSid} <> ${TENANT_OF_PROBE}`
  const connection = connectionSid && sql`${connectionSid} IS NOT ${CONNECTION_OF_PROBE}`
  return check(`${name}_never_of_probe`, and(tenant, connection)!)
}

/**
 * A tenant's trust in one IdP. Connection operations write it; every ACS request reads the whole
 * row. Kept for ever: a connection is suspended, not deleted.
 */
export const connections = sqliteTable(
  'connections',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    name: text('name').notNull(),
    /** `probe`: the one connection of the synthetic login, which signs nobody in. */
    purpose: text('purpose', { enum: ['login', 'probe'] })
      .notNull()
      .default('login'),
    state: text('state', {
      enum: ['draft', 'testing', 'validated', 'live', 'suspended'],
    }).notNull(),
    /** Counts changes of trust-relevant fields. A login of another revision is refused. */
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
    /** Refuses a response whose AuthnContextClassRef was not requested. */
    requireAuthnContext: integer('require_authn_context', { mode: 'boolean' })
      .notNull()
      .default(false),
    idpInitiated: text('idp_initiated', { enum: ['refuse', 'restart', 'accept'] })
      .notNull()
      .default('restart'),
    /** Users go here by POST after logout. */
    logoutRedirectURL: text('logout_redirect_url'),
    /** Attribute names of this IdP that are not among the known ones, by our field. */
    attributeMapping: text('attribute_mapping', { mode: 'json' }).$type<AttributeMapping>(),
    /** Names that an assertion may leave out. */
    optionalNames: text('optional_names', { mode: 'json' })
      .$type<('firstName' | 'lastName')[]>()
      .notNull()
      .default(sql`'[]'`),
    /** Legacy algorithms that an operator has allowed. */
    allow: text('allow', { mode: 'json' })
      .$type<('sha1' | 'aes-cbc')[]>()
      .notNull()
      .default(sql`'[]'`),
    clockSkewSeconds: integer('clock_skew_seconds').notNull().default(60),
    /** The oldest AuthnInstant that is accepted; null: any. */
    maximumAuthnAgeMinutes: integer('maximum_authn_age_minutes'),
    /** Who may sign people out by Global Token Revocation: `iss` of its tokens, and its JWKS. */
    revocationIssuer: text('revocation_issuer'),
    revocationKeysURL: text('revocation_keys_url'),
    /** What ends sessions of the connection, beside a suspension of their user or tenant. */
    endSessionsOn: text('end_sessions_on', { mode: 'json' })
      .$type<('suspension' | 'draft' | 'certificate' | 'password' | 'move' | 'plan')[]>()
      .notNull()
      .default(sql`'["suspension","draft","certificate"]'`),
    /** How people sign in who come after the rollout, with an address of its domains. */
    newcomers: text('newcomers', {
      enum: ['password', 'sso_enabled', 'sso_enforced_after_login', 'sso_enforced'],
    })
      .notNull()
      .default('password'),
    /** How many people a first login may create within an hour; null: nobody is created. */
    newcomersPerHour: integer('newcomers_per_hour'),
    /** The chosen IdP product; null: as recognised. It chooses words and decides nothing. */
    preset: text('preset'),
    /** While suspended: the state before, and its revision. */
    suspendedFrom: text('suspended_from', { enum: ['draft', 'testing', 'validated', 'live'] }),
    suspendedRevision: integer('suspended_revision'),
    /** Whether its URLs answered the last check. No edit: `updatedAt` stays. */
    reachability: text('reachability', { mode: 'json' }).$type<Reachability[]>(),
    reachabilityCheckedAt: integer('reachability_checked_at'),
    /** The last sign-in or successful test. */
    lastLoginAt: integer('last_login_at'),
    /** The highest revision with which a person, or a test, has got in. */
    triedRevision: integer('tried_revision'),
    /** The last time that something other than a browser read our metadata. */
    metadataFetchedAt: integer('metadata_fetched_at'),
    createdAt: integer('created_at').notNull(),
    /** The version of the row: every edit raises it. */
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('connections_tenant').on(table.tenantSid, table.createdAt),
    index('connections_created').on(table.createdAt),
    index('connections_reachability').on(table.reachabilityCheckedAt),
    check('clock_skew', sql`${table.clockSkewSeconds} BETWEEN 0 AND 300`),
    check('newcomers_per_hour', sql`${table.newcomersPerHour} BETWEEN 1 AND 10000`),
    check(
      'probe_is_one',
      sql`(${table.purpose} = 'probe') = (${table.sid} = ${CONNECTION_OF_PROBE})`,
    ),
    check(
      'probe_has_its_tenant',
      sql`(${table.purpose} = 'probe') = (${table.tenantSid} = ${TENANT_OF_PROBE})`,
    ),
    check(
      'probe_creates_nobody',
      sql`${table.purpose} = 'login' OR (${table.newcomers} = 'password'
        AND ${table.newcomersPerHour} IS NULL AND ${table.idpInitiated} = 'refuse'
        AND ${table.revocationIssuer} IS NULL)`,
    ),
    check('authn_age', sql`${table.maximumAuthnAgeMinutes} BETWEEN 1 AND 525600`),
  ],
)

/**
 * Whether people may sign in through a connection now: the predicate of standing.ts in SQL, for
 * every statement that depends on it. Declared in schema.sql.
 */
export const connectionStanding = sqliteView('connection_standing', {
  connectionSid: text('connection_sid').notNull(),
  tenantSid: text('tenant_sid').notNull(),
  name: text('name').notNull(),
  /** Null: people may sign in. */
  closedBecause: text('closed_because', {
    enum: [
      'tenant_suspended',
      'plan_required',
      'connection_suspended',
      'connection_not_ready',
      'probe_only',
    ],
  }),
  /** The tenant or the connection is suspended. */
  isSuspended: integer('is_suspended', { mode: 'boolean' }).notNull(),
  /** No session counts: the tenant is suspended, or the connection, whose suspension ends them. */
  hasNoSessions: integer('has_no_sessions', { mode: 'boolean' }).notNull(),
}).existing()
