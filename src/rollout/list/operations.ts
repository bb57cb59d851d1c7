// What may be done with a frozen list: reading it, deciding its rows, and saying that it has been
// reviewed.
import { describeActor } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { checkVersion, getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import { renderCSV } from '../../platform/csv/render-csv.ts'
import { FINDINGS, type Finding } from './findings.ts'
import { countAutomatic, decideRows, recordReview, type Decision } from './store/decisions.ts'
import { CHUNK } from './store/freezing.ts'
import {
  countFindings,
  findMembers,
  type Member,
  type MemberCursor,
  type MemberFilter,
} from './store/members.ts'
import type { BlockedBy } from './tables.ts'
import { findMembersChunk, type Part } from './store/parts.ts'

export type { Decision } from './store/decisions.ts'
export type { Member, MemberCursor, MemberFilter } from './store/members.ts'

/** Rows that one call decides at most. */
const ROWS_AT_ONCE = 1000

export type MembersPage = { version: number; items: Member[]; next: MemberCursor | null }

/**
 * The rows of a version (the newest where none is named) in the order of e-mails. Refuses
 * `not_there` and `input`.
 */
export async function listMembers(
  context: OperationContext,
  sid: string,
  filter: MemberFilter & { version?: number | undefined },
  page: { limit: number; after: MemberCursor | null },
): Promise<Result<MembersPage, Problem>> {
  const found = await getRollout(context, sid)
  if (!found.ok) return found
  const version = versionOf(found.value, filter.version)
  if (!version.ok) return version
  const limit = Math.min(Math.max(1, page.limit), ROWS_AT_ONCE)
  const email = filter.email?.toLowerCase()
  const rows = await findMembers(
    context.db,
    found.value,
    version.value,
    { ...filter, email },
    { ...page, limit },
    context.now,
  )
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next =
    rows.length > limit && last ? { emailKey: last.emailKey, userSid: last.userSid } : null
  return ok({ version: version.value, items, next })
}

export type Summary = {
  version: number
  frozen: boolean
  rows: number
  included: number
  excluded: number
  /** Rows that nobody has decided. */
  undecided: number
  /** Rows that went out by themselves, whom nobody has decided since. */
  automatic: number
  findings: Record<Finding, { rows: number; included: number }>
  /** Members of the selected accounts who belong to another tenant: not in the list. */
  foreignUsers: number
}

/** What a version holds, counted. Refuses `not_there` and `input`. */
export async function summarizeMembers(
  context: OperationContext,
  sid: string,
  wanted?: number,
): Promise<Result<Summary, Problem>> {
  const found = await getRollout(context, sid)
  if (!found.ok) return found
  const rollout = found.value
  const version = versionOf(rollout, wanted)
  if (!version.ok) return version
  const findings = Object.fromEntries(
    FINDINGS.map((finding) => [finding, { rows: 0, included: 0 }]),
  ) as Summary['findings']
  const summary: Summary = {
    version: version.value,
    frozen: rollout.frozen || version.value < rollout.version,
    rows: 0,
    included: 0,
    excluded: 0,
    undecided: 0,
    automatic: 0,
    findings,
    foreignUsers: rollout.foreignUsers,
  }
  for (const group of await countFindings(context.db, rollout, version.value)) {
    summary.rows += group.rows
    summary[group.included ? 'included' : 'excluded'] += group.rows
    if (!group.decided) summary.undecided += group.rows
    if (group.automatic) summary.automatic += group.rows
    for (const finding of group.findings) {
      findings[finding].rows += group.rows
      if (group.included) findings[finding].included += group.rows
    }
  }
  return ok(summary)
}

function versionOf(rollout: Rollout, wanted: number | undefined): Result<number, Problem> {
  const version = wanted ?? rollout.version
  return Number.isSafeInteger(version) && version >= 1 && version <= rollout.version
    ? ok(version)
    : problem('input', `1 to ${rollout.version}`, `${version}`, 'version')
}

/**
 * Which rows: some by user SID, at most 1,000; or all, or all with a finding, 1,000 rows of the
 * list a call.
 */
export type Rows =
  | { users: readonly string[] }
  | { finding: Finding | null; /** The `next` of the call before. */ after?: string | undefined }

export type Decided = {
  /** Rows that are now as decided. */
  decided: number
  /** Rows that a finding keeps out. */
  refused: { userSid: string; findings: Finding[] }[]
  /** Where the next call goes on; null: that was all. */
  next: string | null
}

/**
 * Takes rows of the newest list in or leaves them out. It takes back review and go-ahead, which
 * were given for another list; taking somebody in takes back enabling and informing too. Blocked
 * rows stay out and are reported. Refuses `not_there`, `forbidden`, `input`, `rollout_stale` and
 * `rollout_not_frozen`.
 */
export async function decideMembers(
  context: OperationContext,
  sid: string,
  version: number,
  rows: Rows,
  decision: Decision,
): Promise<Result<Decided, Problem>> {
  const found = await getRolloutTo('review', context, sid)
  if (!found.ok) return found
  const rollout = found.value
  const checked = checkVersion(rollout, version)
  if (!checked.ok) return checked
  const reason = decision.reason?.trim() || null
  if (reason === null && !decision.included)
    return problem('input', 'a reason for the exclusion', 'none', 'reason')
  if (reason !== null && reason.length > 500)
    return problem('input', 'at most 500 characters', `${reason.length}`, 'reason')
  if ('users' in rows && rows.users.length > ROWS_AT_ONCE)
    return problem('input', `at most ${ROWS_AT_ONCE}`, `${rows.users.length}`, 'users')

  const finding = 'finding' in rows ? (rows.finding ?? undefined) : undefined
  let part: Part
  let next: string | null = null
  if ('users' in rows) part = { userSids: rows.users }
  else {
    const after = rows.after ?? ''
    const chunk = await findMembersChunk(context.db, rollout, after)
    if (!chunk) return ok({ decided: 0, refused: [], next: null })
    part = { after, last: chunk.last }
    next = chunk.rows < CHUNK.rows ? null : chunk.last
  }
  const decided = await decideRows(context, rollout, part, finding, { ...decision, reason })
  if (!decided) return problem('rollout_stale', `version ${version} as the newest`, 'another')
  return ok({ ...decided, next })
}

/**
 * Says that the newest list has been reviewed row by row, and that the included users exist in the
 * IdP. With people who went out by themselves and whom nobody has decided, it must say too that
 * these stay out (`automaticStayOut`). Refuses `not_there`, `forbidden`, `input`,
 * `rollout_stale` and `rollout_not_frozen`.
 */
export async function review(
  context: OperationContext,
  sid: string,
  input: {
    version: number
    includedExistInIdP: boolean
    automaticStayOut?: boolean | undefined
  },
): Promise<Result<Rollout, Problem>> {
  const { version, includedExistInIdP, automaticStayOut = false } = input
  const found = await getRolloutTo('review', context, sid)
  if (!found.ok) return found
  const checked = checkVersion(found.value, version)
  if (!checked.ok) return checked
  if (includedExistInIdP !== true)
    return problem(
      'input',
      'the statement that the included users exist in the IdP',
      'none',
      'includedExistInIdP',
    )
  const automatic = automaticStayOut ? 0 : await countAutomatic(context.db, found.value)
  if (automatic > 0)
    return problem(
      'input',
      `the statement that ${automatic} automatically excluded stay out, or a decision about them`,
      'none',
      'automaticStayOut',
    )
  const reviewedBy = describeActor(context.actor)
  const recorded = await recordReview(context, found.value, reviewedBy, automaticStayOut)
  return recorded
    ? getRollout(context, sid)
    : problem('rollout_stale', `version ${version} as the newest`, 'another')
}

function describeBlock({ blocker, upload }: BlockedBy): string {
  const which = upload
    ? `, upload of ${new Date(upload.at).toISOString()} by ${upload.by}, ${upload.users} addresses`
    : ''
  return `automatic: ${blocker}${which}`
}

/**
 * The list as CSV, line by line of a page at a time. Throws a TypeError where a page is refused:
 * ask `getRollout` first.
 */
export async function* membersCSV(
  context: OperationContext,
  sid: string,
  filter: MemberFilter & { version?: number | undefined },
): AsyncGenerator<string> {
  yield renderCSV([
    ['login e-mail', 'first name', 'last name', 'user', 'external id', 'in', 'findings', 'reason'],
  ])
  let after: MemberCursor | null = null
  do {
    const page: Result<MembersPage, Problem> = await listMembers(context, sid, filter, {
      limit: ROWS_AT_ONCE,
      after,
    })
    if (!page.ok) throw new TypeError(page.error.code)
    yield renderCSV(
      page.value.items.map((member) => [
        member.email,
        member.firstName,
        member.lastName,
        member.userSid,
        member.externalID,
        member.included ? 'yes' : 'no',
        member.findings.join(' '),
        member.reason ?? (member.blockedBy && describeBlock(member.blockedBy)),
      ]),
    )
    after = page.value.next
  } while (after)
}
