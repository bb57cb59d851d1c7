// SignOffs: what each side says of a connection's configuration after trying it. Both passes of one
// revision validate it.
import { isVendor, may, type Actor } from '../../events/actor.ts'
import { closedBecause, type Connection } from '../../connections/connection.ts'
import { OPEN_STATES } from '../../connections/standing.ts'
import { getConnection, getConnectionTo } from '../../connections/operations.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { OPERATORS_TENANT } from '../../operators-tenant.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { findSignOffs, insertSignOff, type SignOffRow } from './store/sign-offs.ts'

export type Side = SignOffRow['side']

export type SignOff = Pick<SignOffRow, 'verdict' | 'name' | 'note' | 'createdAt'>

/** Of the connection's present revision: those of earlier ones say nothing about it. */
export type SignOffs = {
  revision: number
  state: Connection['state']
  vendor: SignOff | null
  customer: SignOff | null
}

/**
 * A live connection is signedOff like one in testing: a roll-over of certificates raises the
 * revision and leaves it live, and nobody more could be enforced if nobody could say that the new
 * configuration works.
 */
const SIGNED_OFF_STATES = OPEN_STATES

/** On whose side somebody stands; undefined: on neither. */
export function sideOf(actor: Actor): Side | undefined {
  if (isVendor(actor.kind)) return 'vendor'
  return actor.kind === 'customer admin' ? 'customer' : undefined
}

/**
 * Records pass or fail of a revision for the side of the actor; a second result replaces the first.
 * The second pass validates a connection in testing, a fail takes a validated one back to testing;
 * a live one stays live. Refuses `not_there`, `forbidden`, `input`, `lifecycle`, `plan_required`,
 * `connection_suspended` (of a tenant), `revision_changed` where the configuration has changed, and
 * `not_tested` for a pass where no login or test has succeeded with it.
 */
export async function signOff(
  context: OperationContext,
  connectionSid: string,
  input: { revision: number; verdict: 'pass' | 'fail'; name: string; note?: string | null },
): Promise<Result<SignOffs, Problem>> {
  const found = await getConnectionTo('test', context, connectionSid)
  if (!found.ok) return found
  const side = sideOf(context.actor)
  if (!side) return problem('forbidden', 'an operator or the customer', context.actor.kind)
  const checked = checkInput(input)
  if (!checked.ok) return checked
  const refused = refusalOf(found.value, input.revision)
  if (refused) return refused

  const signOff = { ...checked.value, connectionSid, side, createdAt: context.now }
  const record = (side: Side) =>
    insertSignOff(context, found.value, { ...signOff, side }, SIGNED_OFF_STATES)
  // In the operators' own tenant the owner speaks for both sides: nobody else may.
  const isOwn = found.value.tenantSid === OPERATORS_TENANT
  if ((await record(side)) && (!isOwn || (await record('customer'))))
    return getSignOffs(context, connectionSid)
  // Another change came first, or no login has succeeded: the connection as it is now says which.
  const now = await getConnection(context, connectionSid)
  if (!now.ok) return now
  return (
    refusalOf(now.value, input.revision) ??
    (input.verdict === 'pass'
      ? problem('not_tested', `a login or a test of revision ${input.revision}`, 'none')
      : problem('revision_changed', `revision ${input.revision}`, 'another'))
  )
}

/** Refuses `not_there`. */
export async function getSignOffs(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<SignOffs, Problem>> {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const { revision } = found.value
  return ok(toSignOffs(found.value, await findSignOffs(context.db, connectionSid, revision)))
}

export function toSignOffs(
  { revision, state }: Pick<Connection, 'revision' | 'state'>,
  rows: readonly SignOffRow[],
): SignOffs {
  const of = (side: Side): SignOff | null => {
    const row = rows.find((one) => one.side === side && one.revision === revision)
    return row
      ? { verdict: row.verdict, name: row.name, note: row.note, createdAt: row.createdAt }
      : null
  }
  return { revision, state, vendor: of('vendor'), customer: of('customer') }
}

/** Whether the actor may speak for a side of the connection. */
export function maySignOff(actor: Actor, { tenantSid, sid }: Connection): boolean {
  return sideOf(actor) !== undefined && may(actor, 'test', { tenantSid, connectionSid: sid })
}

function refusalOf(connection: Connection, revision: number) {
  if (connection.revision !== revision)
    return problem('revision_changed', `revision ${connection.revision}`, `revision ${revision}`)
  if (!SIGNED_OFF_STATES.some((state) => state === connection.state))
    return problem('lifecycle', SIGNED_OFF_STATES.join(' or '), connection.state)
  const closed = closedBecause(connection)
  return closed && problem(closed, 'a connection people can log in through', connection.state)
}

function checkInput(input: {
  revision: number
  verdict: 'pass' | 'fail'
  name: string
  note?: string | null
}): Result<Pick<SignOffRow, 'revision' | 'verdict' | 'name' | 'note'>, Problem> {
  const { revision, verdict } = input
  if (verdict !== 'pass' && verdict !== 'fail')
    return problem('input', 'pass or fail', String(verdict), 'verdict')
  const name = textOf(input.name, 200)
  if (!name) return problem('input', '1 to 200 characters', String(input.name), 'name')
  const note = textOf(input.note ?? '', 2000)
  if (note === undefined) return problem('input', 'at most 2,000 characters', 'more', 'note')
  return ok({ revision, verdict, name, note: note || null })
}

/** Without white space around it; undefined for what is no text, or too long. */
function textOf(text: unknown, length: number): string | undefined {
  const trimmed = typeof text === 'string' ? text.trim() : undefined
  return trimmed !== undefined && trimmed.length <= length ? trimmed : undefined
}
