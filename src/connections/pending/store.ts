// The SQL of changes that wait for an operator.
import { and, eq, exists, isNotNull, ne, notExists, or } from 'drizzle-orm'
import { moves } from '../../directory/moves/tables.ts'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { describeActor } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEvent } from '../../events/store.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertWithin } from '../../platform/db/within-limit.ts'
import { LIMITS } from '../../limits.ts'
import { testers } from '../../rollout/validation/tables.ts'
import { connections } from '../tables.ts'
import { pendingChanges } from './tables.ts'

export type PendingChange = typeof pendingChanges.$inferSelect

type PendingAt = { sid: string; tenantSid: string }

/**
 * Whether changes of its customer wait: the tenant does not have them apply, and the connection is
 * in use, which is live, or signs in somebody who is no tester, as their second way too.
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
  const moving = db
    .select({ sid: moves.userSid })
    .from(moves)
    .where(and(eq(moves.connectionSid, connectionSid), isNotNull(moves.rolloutSid)))
  const [row] = await db
    .select({ sid: connections.sid })
    .from(connections)
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(
      and(
        eq(connections.sid, connectionSid),
        ne(tenants.customerChanges, 'apply'),
        or(eq(connections.state, 'live'), exists(others), exists(moving)),
      ),
    )
  return row !== undefined
}

/** False where too many wait already. */
export async function insertPending(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: PendingAt,
  change: Pick<PendingChange, 'sid' | 'fields' | 'certificates' | 'removed' | 'compromised'>,
  shown: Record<string, unknown>,
): Promise<boolean> {
  const { most } = LIMITS.pendingChanges
  const limit = { most, where: eq(pendingChanges.connectionSid, sid) }
  const proposedBy = describeActor(actor)
  const row = { ...change, connectionSid: sid, proposedBy, createdAt: now }
  const event = recordEvent(db, {
    actor,
    now,
    tenantSid,
    subjectSid: sid,
    type: 'pending_change.proposed',
    after: { pendingChange: change.sid, ...shown },
  })
  return insertWithin(db, pendingChanges, row, limit, { event })
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
  type: 'pending_change.accepted' | 'pending_change.declined',
): Promise<void> {
  await db.batch([
    deletePending(db, change.sid),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: sid,
      type,
      before: { pendingChange: change.sid, proposedBy: change.proposedBy },
    }),
  ])
}
