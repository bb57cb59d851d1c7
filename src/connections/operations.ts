// The operations on a connection: check the permission and the input, change and audit in one
// batch.
import { carriesSSO } from './standing.ts'
import { may, maySee, type Resource } from '../events/actor.ts'
import type { RecordedType } from '../events/catalogue.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { Reachability } from './reachability.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { limitReached } from '../limits.ts'
import type { Statement } from '../platform/db/batch.ts'
import { OPERATORS_TENANT } from '../operators-tenant.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { createSid } from '../ids.ts'
import type { Connection } from './connection.ts'
import { countOpened } from './certificates/store.ts'
import { checkEdit, planEdit, type Edit, type Preview } from './edit.ts'
import type { ConnectionFields } from './field.ts'
import { EVENT_OF, transition, type LifecycleEvent } from './lifecycle.ts'
import { checkAndStore, checkNewURLs, reach } from './reachability.ts'
import {
  countEnforced,
  findConnection,
  findTenantPlan,
  insertConnection,
  isTenantFull,
  updateConnection,
} from './store.ts'
import { findConnections, type ConnectionFilter, type ConnectionListing } from './listing/store.ts'
import { findKeyring } from './metadata/store.ts'
import { propose, waitsForOperator } from './pending/propose.ts'

export type { Edit, Preview } from './edit.ts'
export { readCertificates } from './certificates/read-certificates.ts'
export type { ConnectionListing } from './listing/store.ts'

/** A draft. Refuses `not_there`, `forbidden`, `plan_required`, and what `checkFields` refuses. */
export async function createConnection(
  context: OperationContext,
  tenantSid: string,
  fields: Partial<ConnectionFields> & { name: string },
  also?: (sid: string) => readonly Statement[],
): Promise<Result<Connection, Problem>> {
  const resource = { tenantSid, connectionSid: null }
  const plan = maySee(context.actor, resource)
    ? await findTenantPlan(context.db, tenantSid)
    : undefined
  if (plan === undefined) return problem('not_there', 'a tenant', tenantSid)
  if (!may(context.actor, 'configure', resource)) return notAllowed(context)
  if (!carriesSSO(plan)) return problem('plan_required', 'plan enterprise', plan)
  const checked = checkEdit(context, tenantSid, fields)
  if (!checked.ok) return checked
  const sid = createSid('CN')
  const row = {
    entityID: '',
    ...(tenantSid === OPERATORS_TENANT && { idpInitiated: 'refuse' as const }),
    ...fields,
    ...checked.value,
    sid,
    tenantSid,
    state: 'draft' as const,
    createdAt: context.now,
    updatedAt: context.now,
  }
  const isInserted = await insertConnection(context, row, also?.(sid))
  if (!isInserted) return limitReached('connections')
  const created = await getConnection(context, sid)
  if (!created.ok) return created
  const reached = await checkNewURLs(context, created.value)
  return reached.length > 0 ? getConnection(context, sid) : created
}

const KEPT = new WeakMap<OperationContext, Connection>()

/**
 * Operations with this context take the connection as it was read, instead of reading it again.
 * For contexts that read alone: a change must begin with what is there.
 */
export function keepConnection(context: OperationContext, connection: Connection): void {
  KEPT.set(context, connection)
}

/** Refuses `not_there`, also for a connection of a tenant that the actor may not touch. */
export async function getConnection(
  context: OperationContext,
  sid: string,
): Promise<Result<Connection, Problem>> {
  const kept = KEPT.get(context)
  const connection = kept?.sid === sid ? kept : await findConnection(context.db, sid)
  return connection && maySee(context.actor, resourceOf(connection))
    ? ok(connection)
    : problem('not_there', 'a connection', sid)
}

/** Newest first: of a tenant, or (operators) of all. Refuses `not_there`. */
export async function listConnections(
  context: OperationContext,
  tenantSid: string | undefined,
  page: PageRequest,
  filter: ConnectionFilter = {},
): Promise<Result<Page<ConnectionListing>, Problem>> {
  const resource = { tenantSid: tenantSid ?? null, connectionSid: null }
  if (!maySee(context.actor, resource)) return problem('not_there', 'a tenant', tenantSid ?? 'none')
  return ok(toPage(await findConnections(context.db, tenantSid, page, filter), page))
}

export type EditOptions = {
  preview?: boolean
  /**
   * The version of the row that was seen, as in `updatedAt`; with another one the edit is refused.
   */
  ifVersion?: number | undefined
  /** How many people who may sign in by SSO only it may cut off, as a preview states it. */
  cutsOff?: number | undefined
  /** The pending change that it is. */
  settles?: string
}

/**
 * Edits fields and certificates. With `preview` nothing is changed. Refuses `not_there`, what
 * `checkFields` refuses, weak or unknown certificates, `forbidden`, `edit_cuts_off` without the
 * number of people whom it could cut off, and `revision_changed` if somebody else saved first.
 */
export async function editConnection(
  context: OperationContext,
  sid: string,
  edit: Edit,
  options: EditOptions & { type?: RecordedType } = {},
): Promise<Result<Preview, Problem>> {
  const found = await getConnectionTo('configure', context, sid)
  if (!found.ok) return found
  const connection = found.value
  if (options.ifVersion !== undefined && options.ifVersion !== connection.updatedAt)
    return problem('revision_changed', `version ${options.ifVersion}`, `${connection.updatedAt}`)
  const keyring = await findKeyring(context.db, sid)
  const plan = planEdit(context, connection, keyring, edit, options.type ?? 'connection.updated')
  if (!plan.ok) return plan
  const { mayCutOff, change, preview: planned } = plan.value
  const cutsOff = mayCutOff ? await countEnforced(context.db, sid) : 0
  const waits = await waitsForOperator(context, connection, plan.value)
  const openSessions = await countOpened(context, sid, planned.removedCertificates)
  const preview = { ...planned, openSessions, cutsOff, waits }
  if (options.preview)
    return ok(withReachability(preview, await reach(preview.after, context.network)))
  if (!change) return ok(preview)
  if (waits) return propose(context, connection, edit, preview)
  const accepted = options.cutsOff ?? 0
  if (cutsOff > accepted)
    return problem('edit_cuts_off', `${cutsOff} accepted`, `${accepted}`, 'cutsOff')
  const guarded = { ...change, ...(mayCutOff && { cutsOff: accepted }), settles: options.settles }
  if (!(await updateConnection(context, connection, guarded)))
    return problem('revision_changed', `revision ${connection.revision}`, 'another')
  if (planned.removedCertificates.length > 0) context.afterResponse?.add('send_logout_tokens')
  const checked = await checkNewURLs(context, { ...connection, ...edit.fields })
  return ok(withReachability(preview, checked))
}

function withReachability(preview: Preview, reachability: Reachability[]): Preview {
  const isReached = reachability.every(({ result }) => result === 'reachable')
  const warnings: Preview['warnings'] = isReached
    ? preview.warnings
    : [...preview.warnings, 'url_not_reachable']
  return { ...preview, reachability, warnings }
}

/**
 * Asks whether the URLs of a connection are reached from the Internet, and keeps the answers.
 * Refuses `not_there` and `forbidden`.
 */
export async function checkConnection(
  context: OperationContext,
  sid: string,
): Promise<Result<Reachability[], Problem>> {
  const found = await getConnectionTo('configure', context, sid)
  if (!found.ok) return found
  return ok(await checkAndStore(context, found.value))
}

/**
 * Events that a customer's administrator may cause. The others are for operators: a connection in
 * draft enforces no SSO.
 */
const CUSTOMER_EVENTS: ReadonlySet<LifecycleEvent> = new Set(['begin_testing'])

/**
 * Moves the connection through its life. Refuses `not_there`, `forbidden`, `plan_required`,
 * `lifecycle`, `limit_reached` and `revision_changed`.
 */
export async function changeState(
  context: OperationContext,
  sid: string,
  event: LifecycleEvent,
): Promise<Result<Connection, Problem>> {
  const found = await getConnectionTo(CUSTOMER_EVENTS.has(event) ? 'test' : 'operate', context, sid)
  if (!found.ok) return found
  const connection = found.value
  const { plan } = connection.tenant
  if (!carriesSSO(plan) && ACTIVATING.has(event))
    return problem('plan_required', 'plan enterprise', plan)
  if (!ASKED_FOR.has(event))
    return problem('lifecycle', 'the word of both sides, or an edit', `${event} by itself`)
  const result = transition(connection.state, event, {
    ...connection,
    changedSinceSuspended: connection.suspendedRevision !== connection.revision,
  })
  if (!result.ok) return problem(result.code, result.expected, result.received)
  const { state, suspendedFrom } = result
  const suspendedRevision = suspendedFrom === null ? null : connection.revision
  const changed = await updateConnection(context, connection, {
    row: { state, suspendedFrom, suspendedRevision },
    ...(event === 'resume' && { resumeIn: state }),
    events: [
      {
        type: EVENT_OF[event],
        before: { state: connection.state },
        after: { state },
      },
    ],
  })
  if (!changed && event === 'resume' && (await isTenantFull(context.db, connection.tenantSid)))
    return limitReached('connections')
  if (!changed) return problem('revision_changed', `revision ${connection.revision}`, 'another')
  if (event === 'suspend' || event === 'withdraw') context.afterResponse?.add('send_logout_tokens')
  return getConnection(context, sid)
}

/**
 * `validate` follows from both sides' sign-off, `break_trust` from an edit or a failed sign-off:
 * neither is requested by name.
 */
const ASKED_FOR: ReadonlySet<LifecycleEvent> = new Set([
  'begin_testing',
  'go_live',
  'suspend',
  'resume',
  'withdraw',
])

/** Events after which people may log in. */
const ACTIVATING: ReadonlySet<LifecycleEvent> = new Set([
  'begin_testing',
  'validate',
  'go_live',
  'resume',
])

/** A connection that the actor may change in that way. Refuses `not_there` and `forbidden`. */
export async function getConnectionTo(
  how: Parameters<typeof may>[1],
  context: OperationContext,
  sid: string,
): Promise<Result<Connection, Problem>> {
  const found = await getConnection(context, sid)
  if (!found.ok || may(context.actor, how, resourceOf(found.value))) return found
  return notAllowed(context)
}

function resourceOf({ tenantSid, sid }: { tenantSid: string; sid: string }): Resource {
  return { tenantSid, connectionSid: sid }
}

function notAllowed({ actor }: OperationContext) {
  return problem('forbidden', 'somebody who may do that', actor.kind)
}
