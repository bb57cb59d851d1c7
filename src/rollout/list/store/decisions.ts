// The SQL of what reviewers decide about a list.
import { and, asc, eq, isNotNull, not, sql, type SQL } from 'drizzle-orm'
import { rollouts } from '../../cohort/tables.ts'
import { rolloutMembers } from '../tables.ts'
import { describeActor } from '../../../events/actor.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import type { Database } from '../../../platform/db/client.ts'
import { guardedBatch } from '../../../platform/db/batch.ts'
import { nowIf, recordCounted, type Overtaken, type Rollout } from '../../cohort/store.ts'
import type { Finding } from '../findings.ts'
import { hasFinding, isBlocked } from './findings.ts'
import { isInPart, isOnList, refreshFindings, type Part } from './parts.ts'

export type Decision = { included: boolean; reason: string | null }

export type DecidedRows = {
  /** Rows that are now as decided. */
  decided: number
  /** Up to a thousand rows that a finding keeps out. */
  refused: { userSid: string; findings: Finding[] }[]
}

/** The list that a step names is still the newest, and complete. */
const isNewest = (version: number) => and(eq(rollouts.version, version), eq(rollouts.frozen, true))!

/** Decides rows of the newest list and takes back the steps that were made for the list before. */
export async function decideRows(
  context: OperationContext,
  rollout: Rollout,
  part: Part,
  finding: Finding | undefined,
  { included, reason }: Decision,
): Promise<DecidedRows | Overtaken> {
  const { db, actor, now } = context
  const inPart = and(
    isInPart(rollout, part),
    finding && hasFinding(rolloutMembers.findings, finding),
  )!
  const isFree = included ? not(isBlocked()) : sql`true`
  const decidedBy = describeActor(actor)
  const isChanged = sql`NOT (${rolloutMembers.included} = ${included ? 1 : 0}
    AND ${rolloutMembers.reason} IS ${reason} AND ${rolloutMembers.decidedBy} IS ${decidedBy})`
  const results = await guardedBatch(db, {
    takeBack: db
      .update(rollouts)
      .set({
        reviewedVersion: null,
        reviewedBy: null,
        approvedVersion: null,
        approvedBy: null,
        enforceAt: null,
        ...(included && { enabledVersion: null, informedVersion: null }),
        updatedAt: nowIf(now, isNewest(rollout.version)),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    refresh: refreshFindings(db, rollout, part, now),
    // Before the rows are changed: a call that is repeated changes none, and says so.
    event: recordCounted(
      context,
      rollout,
      included ? 'rollout.people_included' : 'rollout.people_excluded',
      sql`json_object('version', ${rollout.version}, 'finding', ${finding ?? null},
        'reason', ${reason}, 'users', (SELECT count(*) FROM ${rolloutMembers}
          WHERE ${and(inPart, isFree, isChanged)}))`,
    ),
    decide: db
      .update(rolloutMembers)
      .set({ included, reason, decidedBy, blockedBy: null })
      .where(and(inPart, isFree)),
    decided: db
      .select({ rows: sql<number>`count(*)` })
      .from(rolloutMembers)
      .where(and(inPart, isFree)),
    refused: db
      .select({ userSid: rolloutMembers.userSid, findings: rolloutMembers.findings })
      .from(rolloutMembers)
      .where(and(inPart, not(isFree)))
      .orderBy(asc(rolloutMembers.userSid)),
  })
  if (!results) return false
  return { decided: results.decided[0]!.rows, refused: results.refused }
}

/** Rows that went out by themselves and that nobody has decided since. */
function isAutomatic(list: Pick<Rollout, 'sid' | 'version'>): SQL {
  return and(isOnList(list), isNotNull(rolloutMembers.blockedBy))!
}

export function countAutomatic(db: Database, rollout: Rollout): Promise<number> {
  return db.$count(rolloutMembers, isAutomatic(rollout))
}

/** Records the review of the newest list as it is. */
export async function recordReview(
  context: OperationContext,
  rollout: Rollout,
  reviewedBy: string,
  automaticStayOut: boolean,
): Promise<boolean> {
  const { db, now } = context
  const { sid, version } = rollout
  const count = (included: boolean) =>
    sql`(SELECT count(*) FROM ${rolloutMembers}
      WHERE ${and(isOnList(rollout), eq(rolloutMembers.included, included))})`
  const isReviewable = and(
    isNewest(version),
    automaticStayOut
      ? undefined
      : sql`NOT EXISTS (SELECT 1 FROM ${rolloutMembers} WHERE ${isAutomatic(rollout)})`,
  )!
  const recorded = await guardedBatch(db, {
    review: db
      .update(rollouts)
      .set({ reviewedVersion: version, reviewedBy, updatedAt: nowIf(now, isReviewable) })
      .where(eq(rollouts.sid, sid)),
    event: recordCounted(
      context,
      rollout,
      'rollout.reviewed',
      sql`json_object('version', ${version},
        'statement', 'the included users exist in the IdP',
        'included', ${count(true)}, 'excluded', ${count(false)},
        'automatic', (SELECT count(*) FROM ${rolloutMembers} WHERE ${isAutomatic(rollout)}))`,
    ),
  })
  return recorded !== undefined
}
