// What may be done with sessions: looking at them, and ending them. By operators, and by a customer's administrators who may
// configure the connection they are of.
import { may, maySee, type Resource } from '../events/actor.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
import { stateOf, type Lifetime, type SessionState } from './lifetime.ts'
import {
  findOwner,
  findSessionRow,
  findSessions,
  isOpen,
  revokeRows,
  type SessionRow,
  type SessionsOf,
} from './store.ts'

export type { SessionsOf } from './store.ts'
export type Session = SessionRow & { state: SessionState }

/** Newest first; with `open`, those alone that sign somebody in. Refuses `not_there`. */
export async function listSessions(
  request: Request,
  of: SessionsOf,
  page: PageRequest,
  lifetime: Lifetime,
  open = false,
): Promise<Outcome<Page<Session>>> {
  const { db, now } = request
  const owner = await ownerOf(request, of)
  if (!owner.ok) return owner
  const rows = await findSessions(db, of, page, {
    open: open ? isOpen(now, lifetime) : undefined,
    at: reachOf(request),
  })
  return done(
    toPage(
      rows.map((row) => withState(row, now, lifetime)),
      page,
    ),
  )
}

/** Refuses `not_there`. */
export async function getSession(
  request: Request,
  sid: string,
  lifetime: Lifetime,
): Promise<Outcome<Session>> {
  const row = await findSessionRow(request.db, sid)
  if (!row || !maySee(request.actor, row)) return problem('not_there', 'a session', sid)
  return done(withState(row, request.now, lifetime))
}

/** Ends a session, and has its apps told. One that is over already stays as it is. Refuses `not_there` and `forbidden`. */
export async function revokeSession(
  request: Request,
  sid: string,
  lifetime: Lifetime,
): Promise<Outcome<Session>> {
  const found = await getSession(request, sid, lifetime)
  if (!found.ok) return found
  const session = found.value
  if (!may(request.actor, 'configure', session)) return forbidden(request)
  await revokeRows(
    request,
    { sid },
    {
      tenantSid: session.tenantSid,
      action: 'session.revoke',
      subjectSid: session.connectionSid,
      after: { session: sid, userSid: session.userSid },
    },
  )
  return getSession(request, sid, lifetime)
}

/**
 * Ends all sessions of a user, a connection or a tenant: `ended` says how many. Those that have run out by themselves are among
 * them, because an app may keep a session of its own for longer. Refuses `not_there` and `forbidden`.
 */
export async function revokeSessions(
  request: Request,
  of: SessionsOf,
): Promise<Outcome<{ ended: number }>> {
  const owner = await ownerOf(request, of)
  if (!owner.ok) return owner
  if (!may(request.actor, 'configure', owner.value)) return forbidden(request)
  const [subjectSid] = Object.values(of) as [string]
  const event = {
    tenantSid: owner.value.tenantSid!,
    action: 'session.revoke_all',
    subjectSid,
    after: {},
  }
  return done({ ended: await revokeRows(request, of, event, reachOf(request)) })
}

async function ownerOf(request: Request, of: SessionsOf): Promise<Outcome<Resource>> {
  const owner = await findOwner(request.db, of)
  if (owner && maySee(request.actor, owner)) return done(owner)
  const [[kind, sid]] = Object.entries(of) as [[string, string]]
  return problem('not_there', `a ${kind.replace('Sid', '')}`, sid)
}

/** The connection beyond which the actor sees nothing. */
function reachOf({ actor }: Request): string | undefined {
  return actor.kind === 'customer admin' ? (actor.connectionSid ?? undefined) : undefined
}

function withState(row: SessionRow, now: number, lifetime: Lifetime): Session {
  return { ...row, state: stateOf(row, now, lifetime) }
}

function forbidden({ actor }: Request) {
  return problem('forbidden', 'who may configure the connection', actor.kind)
}
