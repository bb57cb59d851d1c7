// The SQL of domains. Each change is one batch with its audit event. Several tenants may claim a
// domain, one has it.
import { and, asc, eq, exists, gt, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm'
import { connections } from '../../connections/tables.ts'
import type { RecordedType } from '../../events/catalogue.ts'
import { recordEvent } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import { query } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { insertWithin } from '../../platform/db/within-limit.ts'
import { rollouts } from '../../rollout/cohort/tables.ts'
import { scimTokens } from '../../scim/tables.ts'
import { users } from '../tables.ts'
import { domains } from './tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { DAY, HOUR } from '../../durations.ts'

/** The domain of the login e-mail. */
export const DOMAIN_OF_USER = sql`substr(${users.emailKey}, instr(${users.emailKey}, '@') + 1)`

export type DomainRow = typeof domains.$inferSelect

const one = ({ tenantSid, domain }: Pick<DomainRow, 'tenantSid' | 'domain'>) =>
  and(eq(domains.tenantSid, tenantSid), eq(domains.domain, domain))

export async function findDomain(
  db: Database,
  tenantSid: string,
  domain: string,
): Promise<DomainRow | undefined> {
  const [row] = await db.select().from(domains).where(one({ tenantSid, domain }))
  return row
}

/** By name. */
export function findDomains(db: Database, tenantSid: string): Promise<DomainRow[]> {
  return db
    .select()
    .from(domains)
    .where(eq(domains.tenantSid, tenantSid))
    .orderBy(asc(domains.domain))
}

/** The tenant that has it. */
export async function findHolder(db: Database, domain: string): Promise<string | undefined> {
  const [row] = await query(db, holderOfDomain({ domain }).found)
  return row?.tenantSid
}

const holderOfDomain = compile(
  'holderOfDomain',
  (db, { domain }: Placeholders<{ domain: string }>) => ({
    found: db
      .select({ tenantSid: domains.tenantSid })
      .from(domains)
      .where(and(eq(domains.domain, domain), isNotNull(domains.verifiedAt))),
  }),
)

/**
 * Claims of the last month that may have been proved since, and proofs of yesterday. The longest
 * unchecked first.
 */
export function findDueDomains(db: Database, now: number, limit: number): Promise<DomainRow[]> {
  const notSince = (time: number) => or(isNull(domains.checkedAt), lt(domains.checkedAt, time))
  return db
    .select()
    .from(domains)
    .where(
      or(
        and(
          isNull(domains.verifiedAt),
          gt(domains.createdAt, now - 30 * DAY),
          notSince(now - HOUR),
        ),
        and(eq(domains.verifiedBy, 'dns'), notSince(now - DAY)),
      ),
    )
    .orderBy(asc(domains.checkedAt))
    .limit(limit)
}

/**
 * False, and nothing done, where the tenant has as many as it may have. Throws the UNIQUE violation
 * where it has claimed this one already.
 */
export async function insertDomain(context: OperationContext, row: DomainRow): Promise<boolean> {
  const { db } = context
  const limit = { most: LIMITS.domains.most, where: eq(domains.tenantSid, row.tenantSid) }
  // The only connection of the tenant, where there is one alone.
  const only = sql<string>`(SELECT min(${connections.sid}) FROM ${connections}
    WHERE ${connections.tenantSid} = ${row.tenantSid} HAVING count(*) = 1)`
  const connectionSid = row.connectionSid ?? only
  const creation = event(context, row, 'domain.created', { after: { domain: row.domain } })
  return insertWithin(db, domains, { ...row, connectionSid }, limit, { creation })
}

/**
 * Writes the result of a check, with an event where it changes something. Throws the UNIQUE
 * violation where another tenant has the domain.
 */
export async function updateDomain(
  context: OperationContext,
  row: DomainRow,
  change: Partial<DomainRow>,
  type?:
    | 'domain.verified'
    | 'domain.vouched'
    | 'domain.connection_changed'
    | 'domain.record_lost'
    | 'domain.record_found',
): Promise<void> {
  const { db } = context
  const update = db.update(domains).set(change).where(one(row))
  if (!type) return void (await update)
  const { domain } = row
  const { reason, connectionSid } = change
  await db.batch([
    update,
    event(context, row, type, {
      ...(type === 'domain.connection_changed' && {
        before: { domain, connectionSid: row.connectionSid },
      }),
      after: {
        domain,
        ...(reason && { reason }),
        ...(connectionSid !== undefined && { connectionSid }),
      },
    }),
  ])
}

/**
 * The name of another connection of the tenant that stands on the domain: its IdP provisions users
 * (only in verified domains), a rollout of it that stands has selected the domain, or newcomers of
 * the domain sign in through it.
 */
export async function findUserOf(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  { tenantSid, domain, verifiedAt, connectionSid: leadsTo }: DomainRow,
  connectionSid: string,
): Promise<string | undefined> {
  const provisions = db
    .select({ sid: scimTokens.sid })
    .from(scimTokens)
    .where(
      and(
        eq(scimTokens.connectionSid, connections.sid),
        isNull(scimTokens.revokedAt),
        gt(scimTokens.expiresAt, now),
      ),
    )
  const selects = db
    .select({ sid: rollouts.sid })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.connectionSid, connections.sid),
        isNull(rollouts.rolledBackAt),
        sql`${domain} IN (SELECT value FROM json_each(${rollouts.selectors}, '$.domains'))`,
      ),
    )
  const [other] = await db
    .select({ name: connections.name })
    .from(connections)
    .where(
      and(
        eq(connections.tenantSid, tenantSid),
        ne(connections.sid, connectionSid),
        or(
          verifiedAt === null ? undefined : exists(provisions),
          exists(selects),
          and(eq(connections.sid, leadsTo ?? ''), ne(connections.newcomers, 'password')),
        ),
      ),
    )
    .limit(1)
  return other?.name
}

export async function deleteDomain(context: OperationContext, row: DomainRow): Promise<void> {
  const { db } = context
  const { domain, verifiedBy } = row
  await db.batch([
    db.delete(domains).where(one(row)),
    event(context, row, 'domain.removed', { before: { domain, verifiedBy } }),
  ])
}

/** Domains have no SID: the event is the tenant's. */
function event(
  { db, actor, now }: OperationContext,
  { tenantSid }: DomainRow,
  type: RecordedType,
  fields: { before?: Record<string, unknown>; after?: Record<string, unknown> },
) {
  return recordEvent(db, { actor, now, tenantSid, subjectSid: tenantSid, type, ...fields })
}
