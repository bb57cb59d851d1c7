// The SQL of the go-ahead and of the date at which enforcement begins.
import { and, eq, isNotNull, lte, sql } from 'drizzle-orm'
import type { OperationContext } from '../../../events/operation-context.ts'
import { guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import type { Problem } from '../../../problem.ts'
import { nowIf, recordRollout, type Rollout } from '../../cohort/store.ts'
import { rollouts } from '../../cohort/tables.ts'
import { mayTake } from './gates.ts'
import type { EnforcementScope } from './steps.ts'

/** The go-ahead for exactly this version. */
export async function recordApproval(
  context: OperationContext,
  rollout: Rollout,
  approvedBy: string,
  uninformedReason: string | null,
): Promise<boolean> {
  const { db, now } = context
  const { version } = rollout
  const guard = mayTake('approve', rollout, now, { uninformed: uninformedReason !== null })
  const approved = await guardedBatch(db, {
    approve: db
      .update(rollouts)
      .set({
        approvedVersion: version,
        approvedBy,
        uninformedReason,
        updatedAt: nowIf(now, guard),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    event: recordRollout(context, rollout, 'rollout.approved', {
      version,
      ...(uninformedReason !== null && { uninformedReason }),
    }),
  })
  return approved !== undefined
}

/** Sets when enforcement begins by itself, or takes the date away. */
export async function recordSchedule(
  context: OperationContext,
  rollout: Rollout,
  enforceAt: number | null,
  { scope, lockedOut }: { scope: EnforcementScope; lockedOut: number },
): Promise<boolean> {
  const { db, now } = context
  const isApproved = and(
    eq(rollouts.version, rollout.version),
    eq(rollouts.approvedVersion, rollout.version),
  )!
  // A date may always be taken away.
  const guard = enforceAt === null ? sql`true` : isApproved
  const recorded = await guardedBatch(db, {
    schedule: db
      .update(rollouts)
      .set({ enforceAt, scope, lockedOut, updatedAt: nowIf(now, guard) })
      .where(eq(rollouts.sid, rollout.sid)),
    event: recordRollout(
      context,
      rollout,
      'rollout.enforcement_scheduled',
      { enforceAt, scope, lockedOut },
      { enforceAt: rollout.enforceAt, scope: rollout.scope, lockedOut: rollout.lockedOut },
    ),
  })
  return recorded !== undefined
}

/** Rollouts whose date has come, without their JSON: one that is broken stops no other. */
export function findDue(db: Database, now: number, limit: number) {
  const { sid, version, scope, lockedOut } = rollouts
  return db
    .select({ sid, version, scope, lockedOut })
    .from(rollouts)
    .where(and(isNotNull(rollouts.enforceAt), lte(rollouts.enforceAt, now)))
    .orderBy(rollouts.enforceAt)
    .limit(limit)
}

/** Takes a date away that came while a gate was shut: it does not come again by itself. */
export async function missDate(
  context: OperationContext,
  rollout: Rollout,
  { code, expected, received }: Problem,
): Promise<void> {
  const { db, now } = context
  await db.batch([
    db
      .update(rollouts)
      .set({
        enforceAt: null,
        cursors: sql`json_remove(${rollouts.cursors}, '$.enforce')`,
        updatedAt: nowIf(now, sql`true`),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    recordRollout(
      context,
      rollout,
      'rollout.enforcement_missed',
      { code, expected, received },
      { enforceAt: rollout.enforceAt },
    ),
  ])
}
