// What may be done with a move as a whole: beginning it, seeing both connections, and leading the
// domains to the new one. Its steps are those of every rollout.
import { closedBecause, type Connection } from '../../connections/connection.ts'
import { findCertificates } from '../../connections/certificates/store.ts'
import { readCertificates } from '../../connections/certificates/read-certificates.ts'
import {
  createConnection,
  editConnection,
  getConnection,
  getConnectionTo,
} from '../../connections/operations.ts'
import { findConnection } from '../../connections/store.ts'
import { leadDomain } from '../../directory/domains/operations.ts'
import { maySee } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { newRollout } from '../cohort/new-rollout.ts'
import { getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import { rolloutCreation } from '../cohort/store.ts'
import { isMove, type Move } from '../enforcement/store/moving.ts'
import { findFacts } from '../enforcement/store/gates.ts'
import { countProgress } from '../enforcement/store/progress.ts'
import { copiedSettings } from './copied-settings.ts'
import { nextStep, type MoveStep } from './next-step.ts'
import {
  countLeftBehind,
  countMove,
  findDomainsAt,
  findMovesFrom,
  type LeftBehind,
  type MoveCounts,
} from './store.ts'

export { MOVE_STEPS, type MoveStep } from './next-step.ts'

export type MoveSide = {
  sid: string
  name: string
  state: Connection['state']
  entityID: string
  /** Why people cannot sign in through it now; null: they can. */
  closedBecause: string | null
}

export type MoveView = {
  rollout: Rollout
  from: MoveSide
  to: MoveSide
  counts: MoveCounts
  /** Whom moving the whole list now would lock out. */
  lockedOut: number
  leftBehind: LeftBehind[]
  /** Domains whose newcomers still sign in through the connection before. */
  domains: string[]
  next: MoveStep
}

/** Both connections of a move, and who stands where. Refuses `not_there`. */
export async function getMove(
  context: OperationContext,
  sid: string,
): Promise<Result<MoveView, Problem>> {
  const found = await getMoveTo('see', context, sid)
  if (!found.ok) return found
  const move = found.value
  const { db, now } = context
  const [from, to, facts, counts, progress, leftBehind, domains] = await Promise.all([
    findConnection(db, move.fromConnectionSid),
    findConnection(db, move.connectionSid),
    findFacts(db, sid, now),
    countMove(db, move, now),
    countProgress(db, move, now),
    countLeftBehind(db, move),
    findDomainsAt(db, move),
  ])
  return ok({
    rollout: move,
    from: sideOf(from!),
    to: sideOf(to!),
    counts,
    lockedOut: progress.unproved,
    leftBehind,
    domains,
    next: nextStep({ facts, counts, domains }),
  })
}

export type MoveStart = {
  /** Of the new connection; default: that of the one before, with “(new)”. */
  name?: string | undefined
  /** The identifier that the same IdP will have; without it, the new connection is of another. */
  entityID?: string | undefined
}

/**
 * Makes a draft beside a connection, with its settings, and a rollout that moves everybody there.
 * For another identifier of the same IdP it copies everything, certificates too. Refuses
 * `not_there`, `forbidden`, and what creating and editing a connection refuse.
 */
export async function startMove(
  context: OperationContext,
  connectionSid: string,
  { name, entityID }: MoveStart,
): Promise<Result<{ connection: Connection; rollout: Rollout }, Problem>> {
  const found = await getConnectionTo('operate', context, connectionSid)
  if (!found.ok) return found
  const from = found.value
  const isSameIdP = entityID !== undefined
  if (entityID === from.entityID)
    return problem('input', 'another identifier', entityID, 'entityID')
  const rollouts: string[] = []
  const created = await createConnection(
    context,
    from.tenantSid,
    {
      ...copiedSettings(from, { isSameIdP }),
      name: name ?? `${from.name.slice(0, 190)} (new)`,
      ...(isSameIdP ? { entityID } : {}),
    },
    (sid) => {
      const to = { sid, tenantSid: from.tenantSid }
      const row = newRollout(context, to, `Move from ${from.name.slice(0, 180)}`, connectionSid)
      rollouts.push(row.sid)
      return rolloutCreation(context, row)
    },
  )
  if (!created.ok) return created
  const { sid } = created.value
  if (isSameIdP) {
    const copied = await copyCertificates(context, connectionSid, sid)
    if (!copied.ok) return copied
  }
  const rollout = await getRollout(context, rollouts[0]!)
  if (!rollout.ok) return rollout
  const connection = await getConnection(context, sid)
  return connection.ok ? ok({ connection: connection.value, rollout: rollout.value }) : connection
}

async function copyCertificates(
  context: OperationContext,
  fromSid: string,
  toSid: string,
): Promise<Result<unknown, Problem>> {
  const pinned = await findCertificates(context.db, fromSid)
  if (pinned.length === 0) return ok(null)
  const pem = pinned.map(({ certificate }) => toPEM(certificate)).join('\n')
  const read = await readCertificates(pem)
  if (!read.ok) return read
  return editConnection(context, toSid, { addCertificates: read.value })
}

function toPEM(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`
}

/**
 * Leads the domains of the connection before to the new one: newcomers come there from now on.
 * Refuses `not_there`, `forbidden`, and a new connection that people cannot sign in through.
 */
export async function leadDomains(
  context: OperationContext,
  sid: string,
): Promise<Result<{ domains: string[] }, Problem>> {
  const found = await getMoveTo('operate', context, sid)
  if (!found.ok) return found
  const move = found.value
  const to = await findConnection(context.db, move.connectionSid)
  const closed = to ? closedBecause(to) : 'connection_not_ready'
  if (closed) return problem(closed, 'a connection people can log in through', to?.state ?? 'none')
  const names = await findDomainsAt(context.db, move)
  const { connectionSid } = move
  for (const name of names) {
    const led = await leadDomain(context, move.tenantSid, name, { connectionSid })
    if (!led.ok) return led
  }
  return ok({ domains: names })
}

export type MoveFrom = Awaited<ReturnType<typeof findMovesFrom>>[number]

/** Moves from a connection that the actor may see, the newest first. */
export async function listMovesFrom(
  context: OperationContext,
  { sid, tenantSid }: Connection,
): Promise<MoveFrom[]> {
  const rows = await findMovesFrom(context.db, sid)
  return rows.filter(({ connectionSid }) => maySee(context.actor, { tenantSid, connectionSid }))
}

async function getMoveTo(
  way: 'see' | 'operate',
  context: OperationContext,
  sid: string,
): Promise<Result<Move, Problem>> {
  const found =
    way === 'see' ? await getRollout(context, sid) : await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  return isMove(found.value)
    ? ok(found.value)
    : problem('not_there', 'a rollout that moves people', sid)
}

function sideOf(connection: Connection): MoveSide {
  const { sid, name, state, entityID } = connection
  return { sid, name, state, entityID, closedBecause: closedBecause(connection) ?? null }
}
