// Freezes who is meant into a numbered list, looks at its rows again, and compares two lists. Long
// lists in chunks.
import type { RolloutCursor } from '../cohort/tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { checkVersion, getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import { findDomainOwners } from '../cohort/store.ts'
import {
  beginVersion,
  CHUNK,
  countSources,
  fillVersion,
  findChunk,
  type FreezePart,
  type Source,
} from './store/freezing.ts'
import { countOnlyIn, findOnlyIn, type Difference } from './store/members.ts'
import { countMembers, findMembersChunk, refreshChunk } from './store/parts.ts'

/** How far a step has come. While it is not done, the same call goes on. */
export type FreezeProgress = {
  version: number
  done: boolean
  /** Rows gone through, and still to go. */
  seen: number
  remaining: number
}

/** Sources that one call reads at most: many small accounts are no reason for many statements. */
const PARTS_AT_ONCE = 8

/**
 * Freezes the selection as the next version, or goes on where the last call stopped: at most 1,000
 * rows a call. Users created after it was begun are not in it. Refuses `not_there`, `forbidden`,
 * `input` (nothing selected), `domain_unproven` and `revision_changed`.
 */
export async function freeze(
  context: OperationContext,
  sid: string,
): Promise<Result<FreezeProgress, Problem>> {
  let found = await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  if (!found.value.cursors.freeze) {
    const begun = await begin(context, found.value)
    if (!begun.ok) return begun
    found = await getRollout(context, sid)
    if (!found.ok) return found
  }
  const rollout = found.value
  const cursor = rollout.cursors.freeze
  if (!cursor) return ok(progressOf({ version: rollout.version, seen: 0, total: 0 }, true))
  const { parts, next } = await planChunk(context, rollout, cursor)
  const filled = await fillVersion(context, rollout, parts, cursor, next)
  // Where somebody else has done this chunk, the next call goes on behind it.
  if (!filled) return ok(progressOf(cursor, false))
  return ok(progressOf(next ?? { ...cursor, seen: cursor.total }, next === null))
}

async function begin(context: OperationContext, rollout: Rollout): Promise<Result<true, Problem>> {
  const { db } = context
  const { everybody, fromConnection, domains, accounts } = rollout.selectors
  const owners = await findDomainOwners(db, domains)
  const lost = domains.find((domain) => owners.get(domain) !== rollout.tenantSid)
  if (lost !== undefined) return problem('domain_unproven', 'a verified domain', lost, 'domains')
  const { total, foreignUsers, named } = await countSources(db, rollout)
  if (!everybody && !fromConnection && domains.length + accounts.length + named === 0)
    return problem(
      'input',
      'everybody, or at least one domain, account or user',
      'none',
      'selectors',
    )
  const cursor = { version: rollout.version + 1, part: '', after: '', seen: 0, total }
  if (!(await beginVersion(context, rollout, cursor, foreignUsers)))
    return problem('revision_changed', 'the rollout as it was read', 'another')
  return ok(true)
}

/**
 * The parts of the sources that come next, and where the chunk after them begins; null: nothing
 * comes after.
 */
async function planChunk(
  { db }: OperationContext,
  rollout: Rollout,
  cursor: RolloutCursor,
): Promise<{ parts: FreezePart[]; next: RolloutCursor | null }> {
  const sources = sourcesOf(rollout)
  const parts: FreezePart[] = []
  let index = Math.max(
    0,
    sources.findIndex((source) => nameOf(source) === cursor.part),
  )
  let after = cursor.after
  let rows = 0
  for (
    let reads = 0;
    index < sources.length && reads < PARTS_AT_ONCE && rows < CHUNK.rows;
    reads++
  ) {
    const source = sources[index]!
    const limit = CHUNK.rows - rows
    const chunk = await findChunk(db, rollout, source, after, limit)
    if (chunk) parts.push({ source, after, last: chunk.last })
    rows += chunk?.rows ?? 0
    if (chunk && chunk.rows === limit) after = chunk.last
    else {
      // The source has come to its end.
      index++
      after = ''
    }
  }
  const source = sources[index]
  if (!source) return { parts, next: null }
  const next = { ...cursor, part: nameOf(source), after, seen: cursor.seen + rows }
  return { parts, next }
}

/** Everybody includes the others: all of these are users of the tenant. */
function sourcesOf({ selectors, fromConnectionSid }: Rollout): Source[] {
  const { everybody, fromConnection, domains, accounts } = selectors
  if (everybody) return [{ kind: 'everybody' }]
  return [
    ...(fromConnection && fromConnectionSid !== null
      ? [{ kind: 'connection', connectionSid: fromConnectionSid } as const]
      : []),
    ...(domains.length > 0 ? [{ kind: 'domains' } as const] : []),
    ...accounts.map((accountSid) => ({ kind: 'account', accountSid }) as const),
    { kind: 'named' },
  ]
}

function nameOf(source: Source): string {
  return source.kind === 'account' ? source.accountSid : source.kind
}

/** The progress of a step whose cursor stands there. */
export function progressOf(
  { version, seen, total }: Pick<RolloutCursor, 'version' | 'seen' | 'total'>,
  isDone: boolean,
): FreezeProgress {
  return { version, done: isDone, seen, remaining: isDone ? 0 : Math.max(0, total - seen) }
}

/**
 * Looks at the rows of the newest list again, after the IdP's list was uploaded or people were
 * cured: 1,000 a call. Rows with a new blocker go out; nothing comes in by itself. Refuses
 * `not_there`, `forbidden`, `rollout_stale` and `rollout_not_frozen`.
 */
export async function refreshFindings(
  context: OperationContext,
  sid: string,
): Promise<Result<FreezeProgress, Problem>> {
  const found = await getRolloutTo('review', context, sid)
  if (!found.ok) return found
  const rollout = found.value
  const checked = checkVersion(rollout, rollout.version)
  if (!checked.ok) return checked
  const stored = rollout.cursors.refresh
  const cursor = stored ?? (await firstCursor(context, rollout))
  const chunk = await findMembersChunk(context.db, rollout, cursor.after)
  const next = nextCursor(cursor, chunk)
  const part = { after: cursor.after, last: chunk?.last ?? cursor.after }
  const refreshed = await refreshChunk(context, rollout, part, stored, next)
  return ok(progressOf(next ?? cursor, refreshed && next === null))
}

/** Before the first row of the newest list. */
export async function firstCursor(
  { db }: OperationContext,
  rollout: Rollout,
): Promise<RolloutCursor> {
  const total = await countMembers(db, rollout)
  return { version: rollout.version, after: '', seen: 0, total }
}

/** Behind a chunk; null where it was the last. */
export function nextCursor(
  cursor: RolloutCursor,
  chunk: { last: string; rows: number } | undefined,
): RolloutCursor | null {
  if (!chunk || chunk.rows < CHUNK.rows) return null
  return { ...cursor, after: chunk.last, seen: cursor.seen + chunk.rows }
}

export type Comparison = {
  added: { total: number; users: Difference[]; next: string | null }
  dropped: { total: number; users: Difference[]; next: string | null }
}

/**
 * The users that a version adds to another and those that it drops, page by page: `after` is the
 * `next` of the page before, of either side. Refuses `not_there` and `input`.
 */
export async function compareVersions(
  context: OperationContext,
  sid: string,
  from: number,
  to: number,
  page: { limit: number; after?: { added?: string; dropped?: string } },
): Promise<Result<Comparison, Problem>> {
  const found = await getRollout(context, sid)
  if (!found.ok) return found
  const rollout = found.value
  for (const [field, version] of Object.entries({ from, to }))
    if (!Number.isSafeInteger(version) || version < 1 || version > rollout.version)
      return problem('input', `1 to ${rollout.version}`, `${version}`, field)
  const side = async (one: number, other: number, after = '') => {
    const [rows, total] = await Promise.all([
      findOnlyIn(context.db, rollout, one, other, { limit: page.limit, after }),
      countOnlyIn(context.db, rollout, one, other),
    ])
    const users = rows.slice(0, page.limit)
    return {
      total,
      users,
      next: rows.length > page.limit ? users.at(-1)!.userSid : null,
    }
  }
  const [added, dropped] = await Promise.all([
    side(to, from, page.after?.added),
    side(from, to, page.after?.dropped),
  ])
  return ok({ added, dropped })
}
