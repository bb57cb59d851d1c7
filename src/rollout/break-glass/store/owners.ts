// The SQL of break-glass owners. Each change is one batch with its event.
import { and, eq, isNull, sql } from 'drizzle-orm'
import { offerPasswordResets } from '../../../directory/store/password-resets.ts'
import { users } from '../../../directory/tables.ts'
import { breakGlass, recoveryCodes } from '../tables.ts'
import { describeActor } from '../../../events/actor.ts'
import { recordEvent } from '../../../events/store.ts'
import type { Database } from '../../../platform/db/client.ts'
import type { User } from '../../../directory/store/users.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { DAY } from '../../../durations.ts'
import { codesLeft } from './codes.ts'

export type OwnerRow = Omit<typeof breakGlass.$inferSelect, 'handoverHash' | 'toldOfKept'> & {
  email: string
  suspendedAt: number | null
  codesLeft: number
}

export type NewExemption = Pick<OwnerRow, 'reason' | 'expiresAt' | 'graceHours' | 'drillDays'> & {
  /** Undefined: as the interval says. */
  drillAt?: number | undefined
}

/** Those of a tenant, ended ones too, with the number of codes left. A tenant has a handful. */
export function findBreakGlass(db: Database, tenantSid: string): Promise<OwnerRow[]> {
  return db
    .select({
      tenantSid: breakGlass.tenantSid,
      userSid: breakGlass.userSid,
      reason: breakGlass.reason,
      createdBy: breakGlass.createdBy,
      createdAt: breakGlass.createdAt,
      expiresAt: breakGlass.expiresAt,
      endedAt: breakGlass.endedAt,
      passwordUntil: breakGlass.passwordUntil,
      graceHours: breakGlass.graceHours,
      keptUntil: breakGlass.keptUntil,
      keptBecause: breakGlass.keptBecause,
      drillDays: breakGlass.drillDays,
      drillAt: breakGlass.drillAt,
      drilledAt: breakGlass.drilledAt,
      suspendedAt: users.suspendedAt,
      email: users.email,
      codesLeft: codesLeft(users.sid),
    })
    .from(breakGlass)
    .innerJoin(users, eq(users.sid, breakGlass.userSid))
    .where(eq(breakGlass.tenantSid, tenantSid))
    .orderBy(users.emailKey)
    .limit(1000)
}

/** Names an owner, or renews one; a user who is enforced already has the password back at once. */
export async function insertBreakGlass(
  context: OperationContext,
  user: User,
  exemption: NewExemption,
): Promise<void> {
  const { db, actor, now } = context
  const { tenantSid, sid: userSid } = user
  const isEnforced = and(eq(users.sid, userSid), eq(users.signInMethod, 'sso_enforced'))!
  const { drillAt, ...given } = exemption
  const { drillDays } = given
  const planned = drillAt ?? (drillDays === 0 ? null : now + drillDays * DAY)
  const row = {
    ...given,
    createdBy: describeActor(actor),
    createdAt: now,
    endedAt: null,
  }
  await db.batch([
    db
      .insert(breakGlass)
      .values({ tenantSid, userSid, ...row, drillAt: planned })
      .onConflictDoUpdate({
        target: [breakGlass.tenantSid, breakGlass.userSid],
        set: {
          ...row,
          // Renewing an exemption puts no drill off.
          drillAt:
            drillAt !== undefined || planned === null
              ? planned
              : sql`min(coalesce(${breakGlass.drillAt}, ${planned}), ${planned})`,
        },
      }),
    offerPasswordResets(context, isEnforced),
    db.update(users).set({ signInMethod: 'sso_enabled', updatedAt: now }).where(isEnforced),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: userSid,
      type: 'break_glass.added',
      after: exemption,
    }),
  ])
}

/** Ends an exemption, and the codes that go with it. It enforces nobody. */
export async function endBreakGlassRow(
  { db, actor, now }: OperationContext,
  tenantSid: string,
  userSid: string,
): Promise<void> {
  await db.batch([
    db
      .update(breakGlass)
      .set({
        endedAt: now,
        passwordUntil: null,
        handoverHash: null,
        keptUntil: null,
        drillAt: null,
      })
      .where(and(eq(breakGlass.tenantSid, tenantSid), eq(breakGlass.userSid, userSid))),
    db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userSid, userSid), isNull(recoveryCodes.spentAt))),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: userSid,
      type: 'break_glass.ended',
      after: { endedAt: now },
    }),
  ])
}
