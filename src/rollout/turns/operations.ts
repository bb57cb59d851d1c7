// Operations on turns: finding out what changed, and reading whose turn it is.
import type { OperationContext } from '../../events/operation-context.ts'
import { maySee } from '../../events/actor.ts'
import type { Database } from '../../platform/db/client.ts'
import { eachRow } from '../../platform/http/each-row.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { missingFrom } from '../../connections/usable.ts'
import {
  findNews,
  findTurnFacts,
  findTurns,
  moveCursor,
  storeTurns,
  type NewTurn,
  type TurnRow,
} from './store/turns.ts'
import {
  TURN_STEPS,
  turnOfEnforced,
  turnOfRollout,
  turnsOfConnection,
  type TurnStep,
} from './turn.ts'

/** Events that are looked at in one part, and parts of a run. */
const NEWS = 200
const MOST_PARTS = 20
/** Tenants of one part: each costs a round trip. */
const TENANTS_AT_ONCE = 10
const TRIES = 3
const MOST_SHOWN = 200

/**
 * Reads the audit trail on from where the last run ended, and stores which steps wait now. Each
 * step that begins to wait is told by one event, however often runs are killed or repeated.
 */
export async function passTurns(
  { db, now }: { db: Database; now: number },
  parts = MOST_PARTS,
): Promise<void> {
  for (let part = 0; part < parts; part++) {
    const news = await findNews(db, NEWS)
    const tenants = new Set<string>()
    let last = 0
    for (const { seq, tenantSid, type } of news) {
      if (tenantSid !== null && type !== 'turn.began') tenants.add(tenantSid)
      if (tenants.size > TENANTS_AT_ONCE) break
      last = seq
    }
    const named = (tenantSid: string) => tenantSid
    await eachRow('pass_turns', [...tenants].slice(0, TENANTS_AT_ONCE), { named }, (tenantSid) =>
      refreshTurns(db, tenantSid, now),
    )
    if (last > 0) await moveCursor(db, last)
    if (news.length < NEWS && last === (news.at(-1)?.seq ?? 0)) return
  }
}

/** Stores which steps of a tenant wait now, and returns them, the longest waiting first. */
async function refreshTurns(db: Database, tenantSid: string, now: number): Promise<TurnRow[]> {
  for (let tried = 1; ; tried++) {
    const { run, begun, ended, events, rows } = await findChange(db, tenantSid, now)
    const isSame = begun.length + ended.length === 0
    if (isSame || (await storeTurns(db, run, { begun, ended, events }, now)) || tried === TRIES)
      return rows
  }
}

async function findChange(db: Database, tenantSid: string, now: number) {
  const { tenants, runs, connections, rollouts, enforced, stored } = await findTurnFacts(
    db,
    tenantSid,
  )
  const [tenant] = tenants
  const places = new Map(connections.map(({ sid, name }) => [sid, { sid, name }]))
  const keyOf = (one: { subjectSid: string; step: string }) => `${one.subjectSid} ${one.step}`
  const before = new Map(stored.map((one) => [keyOf(one), one.beganAt]))
  const place = (step: TurnStep, connectionSid: string, rollout: TurnRow['rollout']): TurnRow => {
    const subjectSid = rollout?.sid ?? connectionSid
    return {
      subjectSid,
      step,
      side: TURN_STEPS[step].side,
      beganAt: before.get(keyOf({ subjectSid, step })) ?? now,
      tenant: { sid: tenantSid, name: tenant?.name ?? '' },
      connection: places.get(connectionSid)!,
      rollout,
    }
  }
  const waiting = [
    ...connections.flatMap(({ sid, certificates, ...facts }) => {
      const usable = { ...facts, certificates: Array.from({ length: certificates }) }
      const isComplete = missingFrom(usable).length === 0
      return turnsOfConnection({ ...facts, isComplete }).map((step) => place(step, sid, null))
    }),
    ...rollouts.flatMap(({ sid, name, connectionSid, ...facts }) => {
      const step = turnOfRollout(facts)
      return step ? [place(step, connectionSid, { sid, name })] : []
    }),
    ...enforced.flatMap(({ sid, name, connectionSid, ...facts }) => {
      const step = turnOfEnforced(facts)
      return step ? [place(step, connectionSid, { sid, name })] : []
    }),
  ]
  const after = new Set(waiting.map(keyOf))
  const begun = waiting.filter((one) => !before.has(keyOf(one)))
  const isNew = new Set(begun.map(keyOf))
  const undecided = enforced.filter(({ sid: subjectSid }) =>
    isNew.has(keyOf({ subjectSid, step: 'decide_newcomers' })),
  )
  return {
    run: runs[0]?.run ?? 0,
    begun: begun.map(({ subjectSid, step, side, connection, beganAt }): NewTurn => {
      const connectionSid = connection.sid
      return { subjectSid, step, side, tenantSid, connectionSid, beganAt }
    }),
    events: undecided.map(({ sid: subjectSid, connectionSid, version, newcomers: users }) => {
      const type = 'rollout.newcomers_undecided' as const
      return { type, tenantSid, connectionSid, subjectSid, after: { version, users } }
    }),
    ended: stored.filter((one) => !after.has(keyOf(one))),
    rows:
      tenant?.suspendedAt === null
        ? waiting.toSorted((one, other) => one.beganAt - other.beganAt)
        : [],
  }
}

export type Turn = TurnRow & { task: string }

/**
 * Which steps wait, the longest waiting first; at most 200. Operators may ask for all tenants. A
 * customer admin names the tenant, and with a setup link the connection. Of a tenant, what has just
 * changed is in the answer. Refuses `not_there`.
 */
export async function listTurns(
  { db, actor, now }: OperationContext,
  of: { tenantSid?: string; connectionSid?: string; side?: 'customer' | 'operator' },
): Promise<Result<Turn[], Problem>> {
  const { tenantSid, connectionSid, side } = of
  if (!maySee(actor, { tenantSid: tenantSid ?? null, connectionSid: connectionSid ?? null }))
    return problem('not_there', 'a tenant', tenantSid ?? 'none')
  const rows =
    tenantSid === undefined
      ? await findTurns(db, side, MOST_SHOWN)
      : (await refreshTurns(db, tenantSid, now)).filter(
          (one) =>
            (connectionSid === undefined || one.connection.sid === connectionSid) &&
            (side === undefined || one.side === side),
        )
  return ok(rows.slice(0, MOST_SHOWN).map((row) => ({ ...row, task: TURN_STEPS[row.step].task })))
}
