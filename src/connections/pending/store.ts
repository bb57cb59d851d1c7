// The SQL of changes that wait for an operator.
import { and, eq, exists, ne, notExists, or } from 'drizzle-orm'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { describeActor } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEvent } from '../../events/store.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { withinLimit } from '../../platform/db/within-limit.ts'
import { LIMITS } from '../../limits.ts'
import { testers } from '../../rollout/validation/tables.ts'
import { connections } from '../tables.ts'
import { pendingChanges } from './tables.ts'

export type PendingChange = typeof pendingChanges.$inferSelect

type PendingAt = { sid: string; tenantSid: string }

/**
 * Whether changes of its customer wait: the tenant does not have them apply, and the connection is
 * in use, which is live, or signs in somebody who is no tester.
 */
export async function mustWait(db: Database, connectionSid: string): Promise<boolean> {
  const isTester = db
    .select({ sid: testers.userSid })
    .from(testers)
    .where(
      and(
        eq(testers.connectionSid, connectionSid),
        eq(testers.userSid, users.sid),
        eq(testers.enabled, true),
      ),
    )
  const others = db
    .select({ sid: users.sid })
    .from(users)
    .where(
      and(
        eq(users.connectionSid, connectionSid),
        or(eq(users.signInMethod, 'sso_enforced'), notExists(isTester)),
      ),
    )
  const [row] = await db
    .select({ sid: connections.sid })
    .from(connections)
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(
      and(
        eq(connections.sid, connectionSid),
        ne(tenants.customerChanges, 'apply'),
        or(eq(connections.state, 'live'), exists(others)),
      ),
    )
  return row !== undefined
}

/** False where too many wait already. */
export async function insertPending(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: PendingAt,
  change: Pick<PendingChange, 'sid' | 'fields' | 'certificates' | 'removed'>,
  shown: Record<string, unknown>,
): Promise<boolean> {
  const where = eq(pendingChanges.connectionSid, sid)
  const { most } = LIMITS.pendingChanges
  const inserted = await guardedBatch(db, {
    change: db.insert(pendingChanges).values({
      ...change,
      connectionSid: sid,
      proposedBy: withinLimit(most, describeActor(actor), { table: pendingChanges, where }),
      createdAt: now,
    }),
    event: recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: sid,
      action: 'pending_change.propose',
      after: { pendingChange: change.sid, ...shown },
    }),
  })
  return inserted !== undefined
}

/** The oldest first. */
export function findPending(db: Database, connectionSid: string): Promise<PendingChange[]> {
  return db
    .select()
    .from(pendingChanges)
    .where(eq(pendingChanges.connectionSid, connectionSid))
    .orderBy(pendingChanges.createdAt, pendingChanges.sid)
    .limit(LIMITS.pendingChanges.most)
}

/** For the batch of the change that accepts it. */
export function deletePending(db: Database, sid: string) {
  return db.delete(pendingChanges).where(eq(pendingChanges.sid, sid))
}

/** Takes a change away that came to nothing. */
export async function dropPending(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: PendingAt,
  change: PendingChange,
  action: 'pending_change.accept' | 'pending_change.decline',
): Promise<void> {
  await db.batch([
    deletePending(db, change.sid),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: sid,
      action,
      before: { pendingChange: change.sid, proposedBy: change.proposedBy },
    }),
  ])
}
