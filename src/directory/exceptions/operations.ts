// People who stay on their password until a date, whatever their domain and rollouts say.
import { checkTemporary } from '../temporary.ts'
import { may, maySee } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { findNamedUser, type User } from '../store/users.ts'
import {
  deleteExceptions,
  findException,
  findExceptions,
  findExpired,
  insertException,
  type ExceptionRow,
} from './store.ts'

export type { ExceptionRow }

/** What one run of the job ends at most. */
const RUN = 200

/**
 * Excepts a user, named by SID or login e-mail, or changes reason and date. A user with SSO has the
 * password alone from now. Refuses `not_there`, `forbidden` and `input`.
 */
export async function addException(
  context: OperationContext,
  tenantSid: string,
  input: { user: string; reason: string; expiresAt: number },
): Promise<Result<ExceptionRow, Problem>> {
  const user = await getPerson(context, tenantSid, input.user)
  if (!user.ok) return user
  const checked = checkTemporary(input, context.now)
  if (!checked.ok) return checked
  const { reason, expiresAt } = checked.value
  await insertException(context, user.value, { reason, expiresAt })
  if (user.value.signInMethod !== 'password') context.afterResponse?.add('send_logout_tokens')
  return getRow(context, user.value)
}

/**
 * Of a tenant, newest first; of one connection, those whose domain leads to it. A setup link sees
 * those of its connection. Refuses `not_there`.
 */
export async function listExceptions(
  { db, actor }: OperationContext,
  tenantSid: string,
  page: PageRequest,
  connectionSid?: string,
): Promise<Result<Page<ExceptionRow & { sid: string }>, Problem>> {
  const own = actor.kind === 'customer admin' ? actor.connectionSid : null
  const of = connectionSid ?? own ?? undefined
  if (!maySee(actor, { tenantSid, connectionSid: of ?? null }))
    return problem('not_there', 'a tenant', tenantSid)
  const rows = await findExceptions(db, tenantSid, of, page)
  return ok(
    toPage(
      rows.map((row) => ({ ...row, sid: row.userSid })),
      page,
    ),
  )
}

/** Undefined: none. For an actor who may see the user. */
export async function getException(
  { db, actor }: OperationContext,
  user: Pick<User, 'sid' | 'tenantSid'>,
): Promise<ExceptionRow | undefined> {
  const isVisible = maySee(actor, { tenantSid: user.tenantSid, connectionSid: null })
  return isVisible ? findException(db, user.sid) : undefined
}

/**
 * Ends an exception: the user signs in as a newcomer of the domain from now on. Refuses `not_there`
 * and `forbidden`.
 */
export async function endException(
  context: OperationContext,
  tenantSid: string,
  name: string,
): Promise<Result<null, Problem>> {
  const user = await getPerson(context, tenantSid, name)
  if (!user.ok) return user
  const row = await getRow(context, user.value)
  if (!row.ok) return row
  await deleteExceptions(context, [user.value.sid], { ifExpired: false })
  return ok(null)
}

/** Ends those whose date has passed. */
export async function endExpiredExceptions(context: OperationContext): Promise<void> {
  const due = await findExpired(context.db, context.now, RUN)
  if (due.length > 0) await deleteExceptions(context, due, { ifExpired: true })
}

/** A user of the tenant, for an operator. Refuses `not_there` and `forbidden`. */
async function getPerson(
  { db, actor }: OperationContext,
  tenantSid: string,
  name: string,
): Promise<Result<User, Problem>> {
  const resource = { tenantSid, connectionSid: null }
  const user = maySee(actor, resource) ? await findNamedUser(db, name) : undefined
  if (user?.tenantSid !== tenantSid)
    return problem('not_there', 'a user of this tenant', name, 'user')
  return may(actor, 'operate', resource)
    ? ok(user)
    : problem('forbidden', 'an operator', actor.kind)
}

async function getRow(
  { db }: OperationContext,
  { sid }: User,
): Promise<Result<ExceptionRow, Problem>> {
  const row = await findException(db, sid)
  return row ? ok(row) : problem('not_there', 'an exception', sid, 'user')
}
