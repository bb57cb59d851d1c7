// The SQL of what expires or is due within the digest's time.
import {
  and,
  asc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  ne,
  or,
  sql,
  type SQL,
} from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { apiKeys } from '../../../access/tables.ts'
import { clients } from '../../../clients/tables.ts'
import { certificates } from '../../../connections/certificates/tables.ts'
import { OPEN_STATES } from '../../../connections/standing.ts'
import { connections } from '../../../connections/tables.ts'
import { domains } from '../../../directory/domains/tables.ts'
import { tenants } from '../../../directory/tenants/tables.ts'
import { webhookEndpoints } from '../../../events/webhooks/tables.ts'
import { keyPairs } from '../../../keys/tables.ts'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { rollouts } from '../../../rollout/cohort/tables.ts'
import { scimTokens } from '../../../scim/tables.ts'

/** Milliseconds since 1970. */
export type DueTime = { now: number; until: number }

export type DueKind =
  | 'certificate'
  | 'own_certificate'
  | 'scim_token'
  | 'api_key'
  | 'client_secret'
  | 'webhook_secret'
  | 'domain_record'
  | 'enforcement'

/** `tenant`: its name; null: it is the deployment’s. `at`: when it is due; of a record, since when
 * it is missing. */
export type DueRow = { kind: DueKind; name: string; tenant: string | null; at: number }

/** Of each kind. */
const MOST = 50

/** Of a tenant; `tenantSid` null: of all tenants and of the deployment, for operators. */
export async function findDue(
  db: Database,
  tenantSid: string | null,
  time: DueTime,
): Promise<DueRow[]> {
  const found = await batch(db, {
    ...ofTenants(db, tenantSid, time),
    ...ofDeployment(db, tenantSid, time),
  })
  return Object.entries(found).flatMap(([kind, rows = []]) =>
    (rows as Omit<DueRow, 'kind'>[]).map((row) => ({ kind: kind as DueKind, ...row })),
  )
}

function ofTenants(db: Database, tenantSid: string | null, time: DueTime) {
  const isOf = (column: SQLiteColumn) =>
    and(
      tenantSid === null ? undefined : eq(column, tenantSid),
      // Mail of a suspended tenant waits for nobody.
      isNull(tenants.suspendedAt),
    )
  const ofTenant = (column: SQLiteColumn) => eq(tenants.sid, column)
  return {
    certificate: db
      .select(shown(connections.name, certificates.notAfter))
      .from(certificates)
      .innerJoin(connections, eq(connections.sid, certificates.connectionSid))
      .innerJoin(tenants, ofTenant(connections.tenantSid))
      .where(and(isExpiring(time), isOf(connections.tenantSid)))
      .orderBy(asc(certificates.notAfter))
      .limit(MOST),
    scim_token: db
      .select(shown(scimTokens.name, scimTokens.expiresAt))
      .from(scimTokens)
      .innerJoin(tenants, ofTenant(scimTokens.tenantSid))
      .where(and(isEnding(scimTokens, time), isOf(scimTokens.tenantSid)))
      .orderBy(asc(scimTokens.expiresAt))
      .limit(MOST),
    api_key: db
      .select(shown(apiKeys.name, apiKeys.expiresAt))
      .from(apiKeys)
      // Of operators too, where they ask.
      .leftJoin(tenants, ofTenant(apiKeys.tenantSid))
      .where(and(isEnding(apiKeys, time), isOf(apiKeys.tenantSid)))
      .orderBy(asc(apiKeys.expiresAt))
      .limit(MOST),
    webhook_secret: db
      .select(shown(webhookEndpoints.name, webhookEndpoints.previousSecretUntil))
      .from(webhookEndpoints)
      .leftJoin(tenants, ofTenant(webhookEndpoints.tenantSid))
      .where(
        and(isWithin(webhookEndpoints.previousSecretUntil, time), isOf(webhookEndpoints.tenantSid)),
      )
      .limit(MOST),
    domain_record: db
      .select(shown(domains.domain, domains.missingSince))
      .from(domains)
      .innerJoin(tenants, ofTenant(domains.tenantSid))
      .where(and(isNotNull(domains.missingSince), isOf(domains.tenantSid)))
      .limit(MOST),
    enforcement: db
      .select(shown(rollouts.name, rollouts.enforceAt))
      .from(rollouts)
      .innerJoin(tenants, ofTenant(rollouts.tenantSid))
      .where(and(isPlanned(time), isOf(rollouts.tenantSid)))
      .orderBy(asc(rollouts.enforceAt))
      .limit(MOST),
  }
}

function ofDeployment(db: Database, tenantSid: string | null, time: DueTime) {
  const nobody = sql<string | null>`NULL`.as('due_tenant')
  const { name, previousSecretUntil } = clients
  return {
    own_certificate: db
      .select({ ...shown(keyPairs.stage, keyPairs.notAfter), tenant: nobody })
      .from(keyPairs)
      .where(and(eq(keyPairs.stage, 'current'), isWithin(keyPairs.notAfter, time)))
      .limit(1),
    client_secret:
      tenantSid === null
        ? db
            .select({ ...shown(name, previousSecretUntil), tenant: nobody })
            .from(clients)
            .where(isWithin(previousSecretUntil, time))
            .limit(MOST)
        : undefined,
  }
}

/** D1 gives the rows of a batch by the names of their columns: each has its own. */
const shown = (name: SQLiteColumn, at: SQLiteColumn) => ({
  name: sql<string>`${name}`.as('due_name'),
  tenant: sql<string | null>`${tenants.name}`.as('due_tenant'),
  at: sql<number>`${at}`.as('due_at'),
})

const isWithin = (column: SQLiteColumn, { now, until }: DueTime) =>
  and(gt(column, now), lte(column, until))

const isEnding = (table: typeof scimTokens | typeof apiKeys, time: DueTime) =>
  and(isWithin(table.expiresAt, time), isNull(table.revokedAt))

const isExpiring = (time: DueTime) =>
  and(isWithin(certificates.notAfter, time), inArray(connections.state, OPEN_STATES))

/** A date that nobody has taken back, of a list that is not enforced yet. */
const isPlanned = (time: DueTime) =>
  and(
    isWithin(rollouts.enforceAt, time),
    isNull(rollouts.rolledBackAt),
    or(isNull(rollouts.enforcedVersion), ne(rollouts.enforcedVersion, rollouts.version)),
  )

/** Queries of the tenants that have something due of their own. D1 refuses a union of so many. */
export function dueTenants(db: Database, time: DueTime) {
  const ofCertificates = db
    .select({ tenantSid: connections.tenantSid })
    .from(certificates)
    .innerJoin(connections, eq(connections.sid, certificates.connectionSid))
    .where(isExpiring(time))
  const of = <T extends TableOfTenants>(table: T, where: SQL | undefined) =>
    db
      .select({ tenantSid: sql<string>`${table.tenantSid}` })
      .from(table)
      .where(where)
  return [
    ofCertificates,
    of(scimTokens, isEnding(scimTokens, time)),
    of(apiKeys, isEnding(apiKeys, time)),
    of(webhookEndpoints, isWithin(webhookEndpoints.previousSecretUntil, time)),
    of(domains, isNotNull(domains.missingSince)),
    of(rollouts, isPlanned(time)),
  ]
}

type TableOfTenants =
  typeof scimTokens | typeof apiKeys | typeof webhookEndpoints | typeof domains | typeof rollouts
