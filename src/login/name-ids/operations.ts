// What people may do with NameID bindings: see them, and release one user or all of a connection.
import type { Connection } from '../../connections/connection.ts'
import { getConnection, getConnectionTo } from '../../connections/operations.ts'
import { getUser } from '../../directory/operations.ts'
import { findNamedUser } from '../../directory/store/users.ts'
import { readText } from '../../directory/user-record.ts'
import { maySee } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import {
  countNameIDs,
  findNameIDs,
  findNameIDsOf,
  releaseAll,
  releaseOne,
  type NameIDRow,
} from './store.ts'

export type { NameIDRow } from './store.ts'

/** Of a user, named by SID or login e-mail, as far as the actor sees. Refuses `not_there`. */
export async function listUserNameIDs(
  context: OperationContext,
  userName: string,
): Promise<Result<NameIDRow[], Problem>> {
  const user = await getUser(context, userName)
  if (!user.ok) return user
  const { tenantSid } = user.value
  const found = await findNameIDsOf(context.db, user.value)
  return ok(
    found.filter(({ connectionSid }) => maySee(context.actor, { tenantSid, connectionSid })),
  )
}

/**
 * Of a connection, with how many there are; those of its present IdP, or of `entityID`. Refuses
 * `not_there`.
 */
export async function listNameIDs(
  context: OperationContext,
  connectionSid: string,
  page: PageRequest,
  entityID?: string,
): Promise<Result<Page<NameIDRow> & { entityID: string; count: number }, Problem>> {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const at = { connectionSid, entityID: entityID ?? found.value.entityID }
  const [rows, count] = await Promise.all([
    findNameIDs(context.db, at, page),
    countNameIDs(context.db, at),
  ])
  const listed = rows.map((row) => ({ ...row, sid: row.userSid, createdAt: row.firstSeenAt }))
  return ok({ ...toPage(listed, page), entityID: at.entityID, count })
}

export type Release = {
  /** Why, for the audit trail. */
  reason: string
  /** The IdP whose bindings are meant; the connection's present one by default. */
  entityID?: string | undefined
}

/**
 * Releases a user, named by SID or login e-mail, at a connection: the next login binds the NameID
 * that comes then. Refuses `not_there`, also for a user who is not bound there, `forbidden` and
 * `input`.
 */
export async function releaseNameID(
  context: OperationContext,
  userName: string,
  { connectionSid, ...release }: Release & { connectionSid: string },
): Promise<Result<null, Problem>> {
  const checked = await checkRelease(context, connectionSid, release)
  if (!checked.ok) return checked
  const { tenantSid, entityID, reason } = checked.value
  // The binding alone says whom the connection's administrator sees here: it stays while a person
  // signs in by password or another connection.
  const user = await findNamedUser(context.db, userName)
  if (user?.tenantSid === tenantSid) {
    const at = { connectionSid, tenantSid, entityID, userSid: user.sid }
    if (await releaseOne(context, at, reason)) return ok(null)
  }
  return problem('not_there', 'a user who is bound at the connection', userName)
}

/**
 * Releases all users of a connection. `users` repeats how many there are, so that nobody does it by
 * mistake. Refuses `not_there`, `forbidden`, and `input` where there are more or fewer.
 */
export async function releaseNameIDs(
  context: OperationContext,
  connectionSid: string,
  { users, ...release }: Release & { users: number },
): Promise<Result<{ released: number }, Problem>> {
  const checked = await checkRelease(context, connectionSid, release)
  if (!checked.ok) return checked
  const { reason, ...at } = checked.value
  if (users > 0 && (await releaseAll(context, at, users, reason))) return ok({ released: users })
  const count = await countNameIDs(context.db, at)
  const expected = count === 0 ? 'users who are bound: there are none' : `${count}, to confirm`
  return problem('input', expected, String(users), 'users')
}

async function checkRelease(
  context: OperationContext,
  connectionSid: string,
  { reason: text, entityID }: Release,
): Promise<
  Result<
    Pick<Connection, 'tenantSid' | 'entityID'> & { connectionSid: string; reason: string },
    Problem
  >
> {
  const found = await getConnectionTo('release', context, connectionSid)
  if (!found.ok) return found
  const reason = readText(text, 'reason')
  if (!reason.ok) return reason
  if (!reason.value) return problem('input', 'a reason', 'none', 'reason')
  const { tenantSid } = found.value
  const idp = entityID ?? found.value.entityID
  return ok({ connectionSid, tenantSid, entityID: idp, reason: reason.value })
}
