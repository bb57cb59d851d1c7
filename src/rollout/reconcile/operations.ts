// Reconciles our users with the IdP's: its own list, and aliases for those whom it knows by another
// address.
import { getConnection, getConnectionTo } from '../../connections/operations.ts'
import { may } from '../../events/actor.ts'
import type { Connection } from '../../connections/connection.ts'
import { mustWait } from '../../connections/pending/store.ts'
import { isUniqueViolation } from '../../platform/db/client.ts'
import { emailKey } from '../../directory/email-key.ts'
import { findBlocker, withMoving } from '../../directory/store/switch-on.ts'
import { findNamedUser, findUser, type User } from '../../directory/store/users.ts'
import { BLOCKERS_OF_KNOWN } from '../../directory/switch-on.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { limitReached } from '../../limits.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { getRollout } from '../cohort/operations.ts'
import { localsOf, nearestMatch, type Match } from './nearest-match.ts'
import { countDifference, type ListDifference } from './difference/store.ts'
import { findCandidates } from './candidates/store.ts'
import {
  countIdpUsers,
  deleteAlias,
  findAlias,
  findAliases,
  findIdpUser,
  findPeopleOnList,
  finishUpload,
  insertAlias,
  insertIdpUsers,
  type Alias,
} from './store.ts'

export type { Alias } from './store.ts'

/** Addresses that one call takes. */
const EMAILS_AT_ONCE = 1000

export type UploadProgress = {
  /**
   * False: the same call again, with no addresses, goes on clearing away what was uploaded before.
   */
  done: boolean
  /** Addresses of this call that were put on the list. */
  taken: number
  /** Addresses on the list, when done. */
  listed: number
  problems: { index: number; code: 'malformed' | 'duplicate' }[]
  /** Of the last part: who comes in and goes out by it. */
  difference: ListDifference | null
}

/**
 * Uploads the IdP's list of users, 1,000 addresses a call. `upload` names the upload (any text of 1
 * to 64 characters, another one for each); the call with `isLast` ends it, and what was not in it
 * is gone. That call names how many people it may put out of rollouts' lists (`excludes`); for
 * more it saves nothing. Repeating a call does no harm. Refuses `not_there`, `forbidden`, `input`,
 * `limit_reached` and `idp_list_excludes`.
 */
export async function uploadIdpUsers(
  context: OperationContext,
  connectionSid: string,
  input: {
    upload: string
    emails: readonly string[]
    isLast: boolean
    excludes?: number | undefined
  },
): Promise<Result<UploadProgress, Problem>> {
  const { upload, emails, isLast, excludes = 0 } = input
  const found = await getConnectionTo('test', context, connectionSid)
  if (!found.ok) return found
  if (!/^[\w-]{1,64}$/.test(upload))
    return problem('input', '1 to 64 letters, digits, _ or -', upload, 'upload')
  if (emails.length > EMAILS_AT_ONCE)
    return problem('input', `at most ${EMAILS_AT_ONCE}`, `${emails.length}`, 'emails')
  const keys = new Set<string>()
  const problems: UploadProgress['problems'] = []
  for (const [index, email] of emails.entries()) {
    const key = emailKey(email.trim())
    if (key === undefined) problems.push({ index, code: 'malformed' })
    else if (keys.has(key)) problems.push({ index, code: 'duplicate' })
    else keys.add(key)
  }
  if (keys.size > 0 && !(await insertIdpUsers(context.db, connectionSid, upload, [...keys])))
    return limitReached('idpUsers', 'emails')
  if (!isLast) return ok({ done: false, taken: keys.size, listed: 0, problems, difference: null })
  // An empty list would throw out everybody: it is a file that was not understood.
  if ((await countIdpUsers(context.db, connectionSid, upload)) === 0)
    return problem('input', 'at least one e-mail address', 'none', 'emails')
  const difference = await differenceOf(context, found.value, upload)
  if (difference.out > excludes)
    return problem('idp_list_excludes', sayDifference(difference), `${excludes}`, 'excludes')
  const { left, listed } = await finishUpload(context, found.value, upload, difference)
  return ok({ done: left === 0, taken: keys.size, listed, problems, difference })
}

function differenceOf(
  { db }: OperationContext,
  { sid, tenantSid }: { sid: string; tenantSid: string },
  upload: string,
): Promise<ListDifference> {
  return countDifference(db, { tenantSid, connectionSid: sid }, upload)
}

function sayDifference({ in: entering, out }: ListDifference): string {
  return `+${entering} / −${out}: ${out} accepted`
}

/**
 * What saving an upload would change, when all of its addresses are sent. Refuses `not_there` and
 * `forbidden`.
 */
export async function previewUpload(
  context: OperationContext,
  connectionSid: string,
  upload: string,
): Promise<Result<ListDifference, Problem>> {
  const found = await getConnectionTo('test', context, connectionSid)
  return found.ok ? ok(await differenceOf(context, found.value, upload)) : found
}

/**
 * Says that the IdP knows a user, named by SID or login e-mail, by that address: logins with it are
 * theirs from now on, so that it takes the permission to configure. Refuses `not_there`,
 * `forbidden`, `input` (no address, or not on the IdP's list), each blocker of a person whom the
 * IdP knows, `limit_reached`, and `already_there` (mapped, or somebody else's login e-mail). A
 * customer does not learn of addresses in other tenants: this connection signs nobody in there.
 */
export async function mapAlias(
  context: OperationContext,
  connectionSid: string,
  { email, user: name }: { email: string; user: string },
): Promise<Result<Alias, Problem>> {
  const found = await getConnectionTo('configure', context, connectionSid)
  if (!found.ok) return found
  const connection = found.value
  const { tenantSid } = connection
  const key = emailKey(email)
  if (key === undefined) return problem('input', 'one plain address in ASCII', email, 'email')
  const user = await findNamedUser(context.db, name)
  if (user?.tenantSid !== tenantSid)
    return problem('not_there', 'a user of this tenant', name, 'user')
  const mine = await mayDecide(context, connection, user)
  if (!mine.ok) return mine
  if (user.emailKey === key)
    return problem('input', 'another address than the login e-mail', email, 'email')
  const { isUploaded, isListed } = await findIdpUser(context.db, connectionSid, key)
  if (isUploaded && !isListed)
    return problem('input', 'an address of the IdP’s list', email, 'email')
  const scope = { tenantSid, connectionSid }
  const blocker = await findBlocker(context.db, user.sid, withMoving(scope), BLOCKERS_OF_KNOWN)
  if (blocker) return problem(blocker, 'a person without blockers', blocker, 'user')
  try {
    const result = await insertAlias(context, connection, { emailKey: key, userSid: user.sid })
    if (result === 'full') return limitReached('aliases', 'email')
    if (result === 'taken')
      return problem('already_there', 'nobody else’s login e-mail', email, 'email')
  } catch (error) {
    if (isUniqueViolation(error))
      return problem('already_there', 'an address that is not mapped', email, 'email')
    throw error
  }
  const alias = await findAlias(context.db, connectionSid, key)
  return alias ? ok(alias) : problem('not_there', 'an alias', email)
}

/** Who opens the account of a person in a connection in use is for an operator to say. */
async function mayDecide(
  { db, actor }: OperationContext,
  { sid, tenantSid }: Connection,
  user: User | undefined,
): Promise<Result<true, Problem>> {
  if (user?.connectionSid !== sid || may(actor, 'operate', { tenantSid, connectionSid: sid }))
    return ok(true)
  return (await mustWait(db, sid))
    ? problem('waits_for_operator', 'an operator', actor.kind, 'user')
    : ok(true)
}

/** Takes an alias away. Refuses `not_there` and `forbidden`. */
export async function unmapAlias(
  context: OperationContext,
  connectionSid: string,
  email: string,
): Promise<Result<null, Problem>> {
  const found = await getConnectionTo('configure', context, connectionSid)
  if (!found.ok) return found
  const alias = await findAlias(context.db, connectionSid, emailKey(email) ?? '')
  if (!alias) return problem('not_there', 'an alias', email)
  const user = await findUser(context.db, { sid: alias.userSid })
  const mine = await mayDecide(context, found.value, user)
  if (!mine.ok) return mine
  await deleteAlias(context, found.value, alias)
  return ok(null)
}

/** In the order of addresses. Refuses `not_there`. */
export async function listAliases(
  context: OperationContext,
  connectionSid: string,
  page: { limit: number; after?: string | undefined },
): Promise<Result<{ items: (Alias & { email: string })[]; next: string | null }, Problem>> {
  const connection = await getConnection(context, connectionSid)
  if (!connection.ok) return connection
  const limit = Math.min(Math.max(1, page.limit), 1000)
  const rows = await findAliases(context.db, connectionSid, { limit, after: page.after ?? '' })
  const items = rows.slice(0, limit)
  return ok({ items, next: rows.length > limit ? items.at(-1)!.emailKey : null })
}

/** Users for whom one call suggests an address. */
const SUGGESTIONS_AT_ONCE = 100

/**
 * Which address of the IdP's list each of these users probably has; without an entry: none is near.
 * Refuses `not_there` and `input`.
 */
export async function suggestMatches(
  context: OperationContext,
  rolloutSid: string,
  userSids: readonly string[],
): Promise<Result<Record<string, Match>, Problem>> {
  const found = await getRollout(context, rolloutSid)
  if (!found.ok) return found
  if (userSids.length > SUGGESTIONS_AT_ONCE)
    return problem('input', `at most ${SUGGESTIONS_AT_ONCE}`, `${userSids.length}`, 'users')
  const people = await findPeopleOnList(context.db, found.value, userSids)
  const wanted = people.map((person) => ({
    emailKey: person.emailKey,
    locals: localsOf(person),
  }))
  const candidates = await findCandidates(context.db, found.value.connectionSid, wanted)
  return ok(
    Object.fromEntries(
      people.flatMap((person, index) => {
        const match = nearestMatch(person, candidates[index] ?? [])
        return match ? [[person.userSid, match] as const] : []
      }),
    ),
  )
}
