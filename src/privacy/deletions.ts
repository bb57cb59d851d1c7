// Deletes a tenant, a connection, an account, an app or a rollout: what it will do, and doing it.
import { getClient } from '../clients/operations.ts'
import { getConnection } from '../connections/operations.ts'
import { getAccount } from '../directory/account-operations.ts'
import { getTenant } from '../directory/operations.ts'
import { DAY } from '../durations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { getRollout } from '../rollout/operations.ts'
import type { Erasure, Removed } from './erasure.ts'
import { carryOut, mayErase, newErasure, notAllowed } from './operations.ts'
import { beginDeletion, countEffects, rowsOfClient, type Deletion } from './store/begin.ts'
import { findExportSince } from './store/events.ts'
import { countIn } from './store/portions.ts'
import { findConnectionSids } from './store/people.ts'
import {
  listOf,
  rowsOfAccount,
  rowsOfConnections,
  rowsOfRollouts,
  rowsOfTenantAll,
} from './store/rows.ts'

/** What a person repeats, and what goes. `effects`: on people, now. */
export type DeletionPreview = {
  kind: Deletion['kind']
  sid: string
  name: string
  /** Rows by table. */
  rows: Removed
  /** Users of it, those of them who sign in by SSO, and open sessions that end. */
  effects: { users: number; sso: number; sessions: number }
  /** What has to be done first; null: nothing. */
  refusal: Problem | null
}

/** An export that is older is not of this customer as it is. */
const EXPORT_DAYS = 30

export type DeletionKind = Deletion['kind']

type DeletionTarget = {
  sid: string
  name: string
  tenantSid: string | null
  /** Why it cannot be deleted now. */
  refusal: Problem | null
}

/** `name` is a SID; of an account, with its tenant, also an external id. */
export type NamedThing = { kind: DeletionKind; name: string; tenantSid?: string }

/** What deleting would remove. Refuses `not_there` and `forbidden`. */
export async function previewDeletion(
  context: OperationContext,
  named: NamedThing,
): Promise<Result<DeletionPreview, Problem>> {
  const found = await findTarget(context, named)
  if (!found.ok) return found
  const { sid, name, refusal } = found.value
  const { db } = context
  const nobody = { users: 0, sso: 0, sessions: 0 }
  const [rows, effects] = await Promise.all([
    countIn(db, rowsOf(named.kind, sid)),
    named.kind === 'tenant'
      ? countEffects(db, { tenantSid: sid })
      : named.kind === 'connection'
        ? countEffects(db, { connectionSid: sid })
        : nobody,
  ])
  return ok({ kind: named.kind, sid, name, rows, effects, refusal })
}

/**
 * Deletes a thing, whose name `confirm` repeats. Nobody signs in there from the first moment; rows
 * follow, here or by the job. Refuses `not_there`, `forbidden`, `input`, `still_in_use`,
 * `export_first` and `already_there`.
 */
export async function deleteThing(
  context: OperationContext,
  named: NamedThing,
  { confirm, withoutExport = false }: { confirm: string; withoutExport?: boolean | undefined },
): Promise<Result<Erasure, Problem>> {
  const found = await findTarget(context, named)
  if (!found.ok) return found
  const { sid: subjectSid, name, tenantSid, refusal } = found.value
  if (confirm.trim() !== name) return problem('input', 'its name', confirm, 'confirm')
  if (refusal && !(withoutExport && refusal.code === 'export_first'))
    return { ok: false, error: refusal }
  const { kind } = named
  const connections =
    kind === 'tenant'
      ? await findConnectionSids(context.db, subjectSid)
      : kind === 'connection'
        ? [subjectSid]
        : []
  const sought = { emails: [], names: [], ids: [], receivers: [], connections }
  const erasure = { ...newErasure(context, { kind, subjectSid, tenantSid, sought }), kind }
  return carryOut(context, erasure, async () => {
    await beginDeletion(context, erasure, name)
    return erasure
  })
}

function rowsOf(kind: DeletionKind, sid: string) {
  if (kind === 'tenant') return rowsOfTenantAll(sid)
  if (kind === 'connection') return rowsOfConnections(listOf([sid]))
  if (kind === 'account') return rowsOfAccount(sid)
  if (kind === 'client') return rowsOfClient(sid)
  return rowsOfRollouts(listOf([sid]))
}

async function findTarget(
  context: OperationContext,
  { kind, name, tenantSid }: NamedThing,
): Promise<Result<DeletionTarget, Problem>> {
  const found = await FIND[kind](context, name, tenantSid ?? '')
  if (!found.ok || mayErase(context, found.value.tenantSid)) return found
  return notAllowed(context)
}

type FindTarget = (
  context: OperationContext,
  name: string,
  tenantSid: string,
) => Promise<Result<DeletionTarget, Problem>>

const inUse = (expected: string, received: string): Problem =>
  problem('still_in_use', expected, received).error

const FIND: Readonly<Record<DeletionKind, FindTarget>> = {
  async tenant(context, sid) {
    const found = await getTenant(context, sid)
    if (!found.ok) return found
    const since = context.now - EXPORT_DAYS * DAY
    const isExported = await findExportSince(context.db, sid, since)
    const missing = problem('export_first', 'a whole export', 'none').error
    const { name } = found.value
    return ok({ sid, name, tenantSid: sid, refusal: isExported ? null : missing })
  },
  async connection(context, sid) {
    const found = await getConnection(context, sid)
    if (!found.ok) return found
    const { name, state, tenantSid } = found.value
    const isOff = state === 'draft' || state === 'suspended'
    return ok({ sid, name, tenantSid, refusal: isOff ? null : inUse('draft or suspended', state) })
  },
  async account(context, named, tenantSid) {
    const found = await getAccount(context, tenantSid, named)
    if (!found.ok) return found
    const { sid, name } = found.value
    return ok({ sid, name, tenantSid, refusal: null })
  },
  async client(context, sid) {
    const found = await getClient(context, sid)
    if (!found.ok) return found
    const { name, disabledAt } = found.value
    const refusal = disabledAt === null ? inUse('a disabled app', 'enabled') : null
    return ok({ sid, name, tenantSid: null, refusal })
  },
  async rollout(context, sid) {
    const found = await getRollout(context, sid)
    if (!found.ok) return found
    const { name, tenantSid, enabledVersion, rolledBackAt, cursors } = found.value
    const isOver = enabledVersion === null || rolledBackAt !== null
    const isIdle = Object.keys(cursors).length === 0
    const refusal = isOver && isIdle ? null : inUse('never enabled, or rolled back', 'enabled')
    return ok({ sid, name, tenantSid, refusal })
  },
}
