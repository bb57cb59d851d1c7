// The operations on sessions: list, get and end. For operators, and for customer admins who may
// configure the connection.
import { may, maySee, type Resource } from '../events/actor.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { stateOf, type Lifetime, type SessionState } from './lifetime.ts'
import {
  findOwner,
  findSessionRow,
  findSessions,
  type SessionRow,
  type SessionsOf,
} from './store/list.ts'
import { revokeRows } from './store/revoke.ts'
import { isOpenInList } from './store/session.ts'

export { SESSION_ENDS } from './store/session.ts'
export type { SessionsOf } from './store/list.ts'
export type Session = SessionRow & { state: SessionState }

/**
 * Newest first; with `open`, only open sessions; with `at`, only those of this connection. Refuses
 * `not_there`.
 */
export async function listSessions(
  context: OperationContext,
  of: SessionsOf,
  page: PageRequest,
  lifetime: Lifetime,
  open = false,
  at?: string,
): Promise<Result<Page<Session>, Problem>> {
  const { db, now } = context
  const owner = await ownerOf(context, of)
  if (!owner.ok) return owner
  const rows = await findSessions(db, of, page, {
    open: open ? isOpenInList(now, lifetime) : undefined,
    at: reachOf(context) ?? at,
  })
  return ok(
    toPage(
      rows.map((row) => withState(row, now, lifetime)),
      page,
    ),
  )
}

/** Refuses `not_there`. */
export async function getSession(
  context: OperationContext,
  sid: string,
  lifetime: Lifetime,
): Promise<Result<Session, Problem>> {
  const row = await findSessionRow(context.db, sid)
  if (!row || !maySee(context.actor, row)) return problem('not_there', 'a session', sid)
  return ok(withState(row, context.now, lifetime))
}

/**
 * Ends a session and queues logout tokens for its apps. A session that is over does not change.
 * Refuses `not_there` and `forbidden`.
 */
export async function revokeSession(
  context: OperationContext,
  sid: string,
  lifetime: Lifetime,
): Promise<Result<Session, Problem>> {
  const found = await getSession(context, sid, lifetime)
  if (!found.ok) return found
  const session = found.value
  if (!may(context.actor, 'configure', session)) return forbidden(context)
  await revokeRows(context, {
    of: { sid },
    event: {
      tenantSid: session.tenantSid,
      type: 'session.revoked',
      subjectSid: session.connectionSid,
      after: { session: sid, userSid: session.userSid },
    },
  })
  return getSession(context, sid, lifetime)
}

/**
 * Ends all sessions of a user, a connection or a tenant; `ended` is their number. This includes
 * expired sessions, and those of apps that outlived ours. Refuses `not_there` and `forbidden`.
 */
export async function revokeSessions(
  context: OperationContext,
  of: SessionsOf,
): Promise<Result<{ ended: number }, Problem>> {
  const owner = await ownerOf(context, of)
  if (!owner.ok) return owner
  if (!may(context.actor, 'configure', owner.value)) return forbidden(context)
  const [subjectSid] = Object.values(of) as [string]
  const event = {
    tenantSid: owner.value.tenantSid!,
    type: 'session.all_revoked',
    subjectSid,
    after: {},
  } as const
  return ok({ ended: await revokeRows(context, { of, event, at: reachOf(context) }) })
}

async function ownerOf(
  context: OperationContext,
  of: SessionsOf,
): Promise<Result<Resource, Problem>> {
  const owner = await findOwner(context.db, of)
  if (owner && maySee(context.actor, owner)) return ok(owner)
  const [[kind, sid]] = Object.entries(of) as [[string, string]]
  return problem('not_there', `a ${kind.replace('Sid', '')}`, sid)
}

/** The only connection that the actor may see, if there is such a limit. */
function reachOf({ actor }: OperationContext): string | undefined {
  return actor.kind === 'customer admin' ? (actor.connectionSid ?? undefined) : undefined
}

function withState(row: SessionRow, now: number, lifetime: Lifetime): Session {
  return { ...row, state: stateOf(row, now, lifetime) }
}

function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'who may configure the connection', actor.kind)
}
