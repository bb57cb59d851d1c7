// What may be done with a tenant's domains: claim one, prove it by a TXT record, have an operator
// vouch for it, let it go. A domain is itself alone: neither what is below it nor what looks like
// it.
import { eachRow } from '../../platform/http/each-row.ts'
import { describeActor, may, maySee, type Resource } from '../../events/actor.ts'
import { findConnection } from '../../connections/store.ts'
import { lookUpText } from '../../platform/network/dns.ts'
import { isUniqueViolation } from '../../platform/db/client.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { limitReached } from '../../limits.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { createSecret } from '../../platform/secret.ts'
import { findTenant } from '../tenants/store.ts'
import { readText } from '../user-record.ts'
import { CHALLENGE, readDomain } from './domain-name.ts'
import {
  deleteDomain,
  findDomain,
  findDomains,
  findDueDomains,
  findHolder,
  findUserOf,
  insertDomain,
  updateDomain,
  type DomainRow,
} from './store.ts'

/** What one run of the cron checks at most, and how many at once: a Worker has six connections. */
const RUN = 40
const AT_ONCE = 5

export type Domain = DomainRow & {
  /** What has to stand in DNS. */
  record: { type: 'TXT'; name: string; value: string }
}

/**
 * The record that proves a domain. An underscore: no host, and no name that a visitor of the domain
 * could have been given.
 */
function recordOf({ domain, token }: Pick<DomainRow, 'domain' | 'token'>): Domain['record'] {
  return {
    type: 'TXT',
    name: `${CHALLENGE}.${domain}`,
    value: `gatepost-domain-verification=${token}`,
  }
}

function view(row: DomainRow): Domain {
  return { ...row, record: recordOf(row) }
}

/**
 * Refuses `not_there`, `forbidden`, `input`, `domain_shared`, `limit_reached`, and `already_there`
 * where the tenant has claimed it.
 */
export async function createDomain(
  context: OperationContext,
  tenantSid: string,
  input: { domain: string },
): Promise<Result<Domain, Problem>> {
  const allowed = await mayChange(context, tenantSid)
  if (!allowed.ok) return allowed
  const read = readDomain(input.domain)
  if (!read.ok) return read
  const row: DomainRow = {
    tenantSid,
    domain: read.value,
    token: createSecret(),
    // A setup link claims it for its own connection.
    connectionSid: resourceOf(context, tenantSid).connectionSid,
    createdBy: describeActor(context.actor),
    createdAt: context.now,
    checkedAt: null,
    failure: null,
    verifiedAt: null,
    verifiedBy: null,
    reason: null,
    missingSince: null,
  }
  try {
    if (!(await insertDomain(context, row))) return limitReached('domains', 'domain')
    const made = await findDomain(context.db, tenantSid, row.domain)
    return ok(view(made ?? row))
  } catch (error) {
    if (isUniqueViolation(error))
      return problem('already_there', 'another domain', row.domain, 'domain')
    throw error
  }
}

/** All of them, by name. Refuses `not_there`. */
export async function listDomains(
  context: OperationContext,
  tenantSid: string,
): Promise<Result<Domain[], Problem>> {
  const seen = await getVisible(context, tenantSid)
  if (!seen.ok) return seen
  return ok((await findDomains(context.db, tenantSid)).map(view))
}

/** Refuses `not_there`. */
export async function getDomain(
  context: OperationContext,
  tenantSid: string,
  name: string,
): Promise<Result<Domain, Problem>> {
  const seen = await getVisible(context, tenantSid)
  if (!seen.ok) return seen
  const row = await findDomain(context.db, tenantSid, name.toLowerCase())
  return row ? ok(view(row)) : problem('not_there', 'a domain of the tenant', cut(name, 253))
}

/**
 * Looks into DNS now. A verified domain whose record is gone stays verified, with a warning.
 * Refuses `not_there`, `forbidden`, `domain_unproven`, and `already_there` where another tenant has
 * it.
 */
export async function checkDomain(
  context: OperationContext,
  tenantSid: string,
  name: string,
): Promise<Result<Domain, Problem>> {
  const found = await getDomain(context, tenantSid, name)
  if (!found.ok) return found
  const allowed = await mayChange(context, tenantSid)
  return allowed.ok ? check(context, found.value) : allowed
}

/**
 * An operator says that the domain is the tenant's, for a reason that is kept. Refuses `not_there`,
 * `forbidden`, `input`, and `already_there` where another tenant has it.
 */
export async function vouchForDomain(
  context: OperationContext,
  tenantSid: string,
  name: string,
  input: { reason: string },
): Promise<Result<Domain, Problem>> {
  const found = await getDomain(context, tenantSid, name)
  if (!found.ok) return found
  if (!may(context.actor, 'operate', { tenantSid, connectionSid: null }))
    return problem('forbidden', 'an operator', context.actor.kind)
  const reason = readText(input.reason, 'reason')
  if (!reason.ok) return reason
  if (!reason.value) return problem('input', 'a reason', 'none', 'reason')
  if (found.value.verifiedAt !== null) return found
  const change = {
    verifiedAt: context.now,
    verifiedBy: 'operator',
    reason: reason.value,
    failure: null,
  } as const
  return save(context, found.value, change, 'domain.vouched')
}

/**
 * Says through which connection newcomers of the domain sign in; null: through none. A domain leads
 * to one connection, whatever a tenant has. Refuses `not_there` and `forbidden`.
 */
export async function leadDomain(
  context: OperationContext,
  tenantSid: string,
  name: string,
  { connectionSid }: { connectionSid: string | null },
): Promise<Result<Domain, Problem>> {
  const found = await getDomain(context, tenantSid, name)
  if (!found.ok) return found
  if (!may(context.actor, 'operate', { tenantSid, connectionSid: null }))
    return problem('forbidden', 'an operator', context.actor.kind)
  const connection = connectionSid && (await findConnection(context.db, connectionSid))
  if (connectionSid !== null && (!connection || connection.tenantSid !== tenantSid))
    return problem('not_there', 'a connection of the tenant', cut(connectionSid, 100))
  if (found.value.connectionSid === connectionSid) return found
  return save(context, found.value, { connectionSid }, 'domain.connection_changed')
}

/**
 * Refuses `not_there`, `forbidden`, and for a link of one connection `domain_in_use` where another
 * connection of the tenant stands on the domain.
 */
export async function removeDomain(
  context: OperationContext,
  tenantSid: string,
  name: string,
): Promise<Result<null, Problem>> {
  const found = await getDomain(context, tenantSid, name)
  if (!found.ok) return found
  const allowed = await mayChange(context, tenantSid, 'delete')
  if (!allowed.ok) return allowed
  const { connectionSid } = resourceOf(context, tenantSid)
  const user = connectionSid && (await findUserOf(context, found.value, connectionSid))
  if (user)
    return problem('domain_in_use', 'a domain of this connection alone', cut(user, 200), 'domain')
  await deleteDomain(context, found.value)
  return ok(null)
}

/** For the cron: looks after those that have waited longest, so many that a run ends in time. */
export async function checkDomains(context: OperationContext): Promise<void> {
  const due = await findDueDomains(context.db, context.now, RUN)
  const named = ({ tenantSid }: DomainRow) => tenantSid
  await eachRow('check_domains', due, { width: AT_ONCE, named }, (row) => check(context, row))
}

async function check(context: OperationContext, row: DomainRow): Promise<Result<Domain, Problem>> {
  const { now } = context
  const { name, value } = recordOf(row)
  const answer = await lookUpText(name, context.network)
  if (answer.ok && answer.texts.some((text) => text.trim() === value)) {
    const isNew = row.verifiedBy !== 'dns'
    const change = {
      checkedAt: now,
      failure: null,
      missingSince: null,
      ...(isNew && { verifiedAt: row.verifiedAt ?? now, verifiedBy: 'dns' as const }),
    }
    const isBack = row.missingSince !== null
    return save(
      context,
      row,
      change,
      isNew ? 'domain.verified' : isBack ? 'domain.record_found' : undefined,
    )
  }
  const failure = describeFailure(name, answer)
  // A resolver that does not answer says nothing about the record.
  const isLost = answer.ok && row.verifiedBy === 'dns' && row.missingSince === null
  const change = { checkedAt: now, failure, ...(isLost && { missingSince: now }) }
  await updateDomain(context, row, change, isLost ? 'domain.record_lost' : undefined)
  if (row.verifiedAt !== null) return ok(view({ ...row, ...change }))
  return problem('domain_unproven', `TXT ${name} "${value}"`, failure, 'domain')
}

function describeFailure(name: string, answer: Awaited<ReturnType<typeof lookUpText>>): string {
  if (!answer.ok) return `DNS: ${answer.reason}`
  if (answer.texts.length === 0) return `${name} has no TXT record`
  const found = answer.texts.slice(0, 5).map((text) => `"${cut(text, 100)}"`)
  return cut(`${name} says ${found.join(', ')}`, 500).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\uFFFD')
}

/** Refuses `already_there` where another tenant has the domain. */
async function save(
  context: OperationContext,
  row: DomainRow,
  change: Partial<DomainRow>,
  type: Parameters<typeof updateDomain>[3],
): Promise<Result<Domain, Problem>> {
  try {
    await updateDomain(context, row, change, type)
    return ok(view({ ...row, ...change }))
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const failure = 'another tenant has verified it'
    await updateDomain(context, row, { checkedAt: context.now, failure })
    const holder = await findHolder(context.db, row.domain)
    const isOperator = may(context.actor, 'view', { tenantSid: null, connectionSid: null })
    // Whose it is, is between the other tenant and the operators.
    const received = isOperator && holder ? `one of ${holder}` : failure
    return problem('already_there', 'a domain that nobody has verified', received, 'domain')
  }
}

/** A tenant's domains concern everybody with a connection of it: a setup link's bearer too. */
function resourceOf({ actor }: OperationContext, tenantSid: string): Resource {
  const connectionSid = actor.kind === 'customer admin' ? actor.connectionSid : null
  return { tenantSid, connectionSid }
}

async function getVisible(
  context: OperationContext,
  tenantSid: string,
): Promise<Result<true, Problem>> {
  const isVisible = maySee(context.actor, resourceOf(context, tenantSid))
  return isVisible && (await findTenant(context.db, tenantSid))
    ? ok(true)
    : problem('not_there', 'a tenant', tenantSid)
}

async function mayChange(
  context: OperationContext,
  tenantSid: string,
  how: 'configure' | 'delete' = 'configure',
): Promise<Result<true, Problem>> {
  const seen = await getVisible(context, tenantSid)
  if (!seen.ok) return seen
  return may(context.actor, how, resourceOf(context, tenantSid))
    ? ok(true)
    : problem('forbidden', 'somebody who may configure', context.actor.kind)
}
