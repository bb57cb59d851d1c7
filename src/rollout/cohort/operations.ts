// What may be done with a rollout and what it selects: creating, reading, choosing who is meant.
import { may, maySee } from '../../events/actor.ts'
import { findEvents } from '../../events/feed/store.ts'
import { difference, type EventRow } from '../../events/store.ts'
import { getConnection } from '../../connections/operations.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { emailKey } from '../../directory/email-key.ts'
import { readDomain } from '../../directory/domains/domain-name.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { newRollout } from './new-rollout.ts'
import { duplicatesIn, judgeNames, NAMES_AT_ONCE, type SelectorProblem } from './selectors.ts'
import {
  countSelections,
  deleteSelections,
  findAccountsNamed,
  findDomainOwners,
  findRollout,
  findRollouts,
  findUsersNamed,
  insertSelections,
  rolloutCreation,
  updateRollout,
  type Rollout,
} from './store.ts'

export type { Rollout } from './store.ts'

/** How the actor wants to touch a rollout, and the permission for it. */
const ACCESS = { review: 'test', rollBack: 'rollBack', operate: 'operate' } as const

export type RolloutAccess = 'see' | keyof typeof ACCESS

/**
 * `fromConnectionSid`: another connection of the tenant, from which it moves people. Refuses
 * `not_there`, `forbidden` and `input`.
 */
export async function createRollout(
  context: OperationContext,
  connectionSid: string,
  { name, fromConnectionSid }: { name: string; fromConnectionSid?: string | undefined },
): Promise<Result<Rollout, Problem>> {
  const connection = await getConnection(context, connectionSid)
  if (!connection.ok) return connection
  const { tenantSid } = connection.value
  if (!may(context.actor, 'operate', { tenantSid, connectionSid }))
    return problem('forbidden', 'an operator', context.actor.kind)
  if (!isName(name)) return problem('input', '1 to 200 characters', name, 'name')
  if (fromConnectionSid !== undefined) {
    const from = await getConnection(context, fromConnectionSid)
    if (!from.ok) return from
    if (from.value.tenantSid !== tenantSid || fromConnectionSid === connectionSid)
      return problem(
        'input',
        'another connection of the tenant',
        fromConnectionSid,
        'fromConnectionSid',
      )
  }
  const rollout = newRollout(context, { sid: connectionSid, tenantSid }, name, fromConnectionSid)
  await context.db.batch(rolloutCreation(context, rollout))
  return getRollout(context, rollout.sid)
}

/** Refuses `not_there`. */
export function getRollout(
  context: OperationContext,
  sid: string,
): Promise<Result<Rollout, Problem>> {
  return getRolloutTo('see', context, sid)
}

/**
 * What has been done with a rollout, newest first, for everybody who sees the rollout. Refuses
 * `not_there`.
 */
export async function listRolloutEvents(
  context: OperationContext,
  sid: string,
  page: PageRequest,
): Promise<Result<Page<EventRow>, Problem>> {
  const [found, events] = await Promise.all([
    getRollout(context, sid),
    findEvents(context.db, { subjectSid: sid }, page),
  ])
  return found.ok ? ok(events) : found
}

/** A rollout that the actor may touch in that way. Refuses `not_there` and `forbidden`. */
export async function getRolloutTo(
  way: RolloutAccess,
  context: OperationContext,
  sid: string,
): Promise<Result<Rollout, Problem>> {
  const { db, actor } = context
  const rollout = await findRollout(db, sid)
  if (!rollout || !maySee(actor, rollout)) return problem('not_there', 'a rollout', sid)
  if (way === 'see' || may(actor, ACCESS[way], rollout)) return ok(rollout)
  return problem('forbidden', 'somebody who may do that', actor.kind)
}

/** Newest first: of a connection, of a tenant, or (operators) of all. Refuses `not_there`. */
export async function listRollouts(
  context: OperationContext,
  of: { tenantSid?: string | undefined; connectionSid?: string | undefined },
  page: PageRequest,
): Promise<Result<Page<Rollout>, Problem>> {
  if (of.connectionSid !== undefined) {
    const connection = await getConnection(context, of.connectionSid)
    if (!connection.ok) return connection
  } else if (!maySee(context.actor, { tenantSid: of.tenantSid ?? null, connectionSid: null }))
    return problem('not_there', 'a tenant', of.tenantSid ?? 'none')
  return ok(toPage(await findRollouts(context.db, of, page), page))
}

/**
 * The newest list where a call names it, and is complete. Refuses `rollout_stale` and
 * `rollout_not_frozen`.
 */
export function checkVersion(rollout: Rollout, version: number): Result<number, Problem> {
  if (version !== rollout.version || version < 1)
    return problem('rollout_stale', `version ${rollout.version}`, `${version}`, 'version')
  if (!rollout.frozen)
    return problem('rollout_not_frozen', 'a complete list', `version ${version} under way`)
  return ok(version)
}

export type Selected = { rollout: Rollout; problems: SelectorProblem[] }

/**
 * Names the domains and accounts (SIDs or external ids) whose users are meant, or everybody of the
 * tenant, or of the connection that people are moved from. What cannot be taken is reported one by
 * one and left out; the rest is kept. Refuses `not_there`, `forbidden`, `input`,
 * `rollout_under_way` and `revision_changed`.
 */
export async function editSelectors(
  context: OperationContext,
  sid: string,
  input: {
    name?: string | undefined
    everybody?: boolean | undefined
    fromConnection?: boolean | undefined
    domains?: readonly string[] | undefined
    accounts?: readonly string[] | undefined
  },
): Promise<Result<Selected, Problem>> {
  const found = await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  const rollout = found.value
  if (rollout.cursors.freeze) return underWay()
  const { name = rollout.name, domains, accounts } = input
  if (!isName(name)) return problem('input', '1 to 200 characters', name, 'name')
  for (const [field, values] of Object.entries({ domains, accounts }))
    if (values && values.length > NAMES_AT_ONCE)
      return problem('input', `at most ${NAMES_AT_ONCE}`, `${values.length}`, field)
  if (input.fromConnection && rollout.fromConnectionSid === null)
    return problem('input', 'a rollout that moves people', 'one that does not', 'fromConnection')
  const chosenDomains = domains && (await chooseDomains(context, rollout, domains))
  const chosenAccounts = accounts && (await chooseAccounts(context, rollout, accounts))
  const selectors = {
    everybody: input.everybody ?? rollout.selectors.everybody,
    fromConnection: input.fromConnection ?? rollout.selectors.fromConnection,
    domains: chosenDomains?.chosen ?? rollout.selectors.domains,
    accounts: chosenAccounts?.chosen ?? rollout.selectors.accounts,
  }
  const problems = [...(chosenDomains?.problems ?? []), ...(chosenAccounts?.problems ?? [])]
  const before = { name: rollout.name, ...rollout.selectors }
  const after = { name, ...selectors }
  if (Object.keys(difference(before, after).after).length === 0) return ok({ rollout, problems })
  const event = { type: 'rollout.updated', before, after } as const
  if (!(await updateRollout(context, rollout, { name, selectors }, event)))
    return problem('revision_changed', 'the rollout as it was read', 'another')
  const updated = await getRollout(context, sid)
  if (!updated.ok) return updated
  return ok({ rollout: updated.value, problems })
}

type Choice = { chosen: string[]; problems: SelectorProblem[] }

/** Exactly the domains that the tenant has proved: a subdomain or a lookalike is another one. */
async function chooseDomains(
  { db }: OperationContext,
  { tenantSid }: Rollout,
  names: readonly string[],
): Promise<Choice> {
  const read = names.map((name) => readDomain(name))
  const lower = names.map((name) => name.trim().replace(/\.$/, '').toLowerCase())
  const owners = await findDomainOwners(db, lower)
  const repeated = duplicatesIn(lower)
  const problems: SelectorProblem[] = []
  const chosen: string[] = []
  for (const [index, value] of lower.entries()) {
    const owner = owners.get(value)
    const domain = read[index]!
    // A domain that many share is nobody's.
    const isMalformed = !domain.ok && domain.error.code !== 'domain_shared'
    const code = isMalformed
      ? 'malformed'
      : repeated.has(index)
        ? 'duplicate'
        : owner === undefined
          ? 'unverified'
          : owner === tenantSid
            ? undefined
            : 'foreign'
    if (code) problems.push({ kind: 'domain', value: names[index]!.slice(0, 253), code })
    else chosen.push(value)
  }
  return { chosen, problems }
}

async function chooseAccounts(
  { db }: OperationContext,
  { tenantSid }: Rollout,
  names: readonly string[],
): Promise<Choice> {
  const found = await findAccountsNamed(db, tenantSid, names)
  const { chosen, problems } = judgeNames('account', 'AC', tenantSid, names, found)
  return { chosen: chosen.map(({ sid }) => sid), problems }
}

/**
 * Adds users, named by SID, external id or login e-mail, at most 1,000 a call: a longer list comes
 * in several calls, and a call that is repeated does no harm. Each name that cannot be taken is
 * reported; suspended users are taken and reported. Refuses `not_there`, `forbidden`, `input` and
 * `rollout_under_way`.
 */
export async function selectUsers(
  context: OperationContext,
  sid: string,
  names: readonly string[],
): Promise<Result<{ taken: number; selected: number; problems: SelectorProblem[] }, Problem>> {
  const found = await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  const rollout = found.value
  if (rollout.cursors.freeze) return underWay()
  if (names.length > NAMES_AT_ONCE)
    return problem('input', `at most ${NAMES_AT_ONCE}`, `${names.length}`, 'users')
  const emailKeys = names.flatMap((name) => emailKey(name) ?? [])
  const rows = await findUsersNamed(context.db, rollout.tenantSid, names, emailKeys)
  const { chosen, problems } = judgeNames('user', 'US', rollout.tenantSid, names, rows)
  for (const { sid: value, suspendedAt } of chosen)
    if (suspendedAt !== null) problems.push({ kind: 'user', value, code: 'suspended' })
  const sids = chosen.map((user) => user.sid)
  if (sids.length > 0) await insertSelections(context, rollout, sids)
  return ok({ taken: sids.length, selected: await countSelections(context.db, sid), problems })
}

/**
 * Takes users out of the selection by SID; null: all that were named one by one. Refuses what
 * `selectUsers` refuses.
 */
export async function deselectUsers(
  context: OperationContext,
  sid: string,
  userSids: readonly string[] | null,
): Promise<Result<{ selected: number }, Problem>> {
  const found = await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  if (found.value.cursors.freeze) return underWay()
  if (userSids && userSids.length > NAMES_AT_ONCE)
    return problem('input', `at most ${NAMES_AT_ONCE}`, `${userSids.length}`, 'users')
  await deleteSelections(context, found.value, userSids)
  return ok({ selected: await countSelections(context.db, sid) })
}

function underWay() {
  return problem('rollout_under_way', 'a complete list', 'a list that is being frozen')
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.trim() === name && name.length >= 1 && name.length <= 200
}
