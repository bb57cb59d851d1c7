// The SQL of owners who keep their password, and of their recovery codes. Each change is one batch with its audit event.
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { describeActor } from '../../events/actor.ts'
import { recordEvent } from '../../events/store.ts'
import type { Database } from '../../platform/db/client.ts'
import { users } from '../../directory/tables.ts'
import { events } from '../../events/tables.ts'
import { breakGlass, recoveryCodes } from './tables.ts'
import type { User } from '../../directory/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { createSid } from '../../ids.ts'

export type Owner = Omit<typeof breakGlass.$inferSelect, 'handoverHash'> & {
  email: string
  codesLeft: number
}

/** What a code has opened, for whom. */
export type Opened = {
  userSid: string
  tenantSid: string
  codesLeft: number
  passwordUntil: number
}

/** Those of a tenant, also the ended ones, with the codes that are not spent. A tenant has a handful. */
export function findBreakGlass(db: Database, tenantSid: string): Promise<Owner[]> {
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
      email: users.email,
      codesLeft: sql<number>`(SELECT count(*) FROM recovery_codes WHERE recovery_codes.user_sid = ${users.sid} AND recovery_codes.spent_at IS NULL)`,
    })
    .from(breakGlass)
    .innerJoin(users, eq(users.sid, breakGlass.userSid))
    .where(eq(breakGlass.tenantSid, tenantSid))
    .orderBy(users.emailKey)
    .limit(1000)
}

/** Names an owner, again where he was one before; whoever is enforced already has his password back at once. */
export async function insertBreakGlass(
  { db, actor, now }: OperationContext,
  user: User,
  { reason, expiresAt }: { reason: string; expiresAt: number },
): Promise<void> {
  const { tenantSid, sid: userSid } = user
  const row = { reason, expiresAt, createdBy: describeActor(actor), createdAt: now, endedAt: null }
  await db.batch([
    db
      .insert(breakGlass)
      .values({ tenantSid, userSid, ...row })
      .onConflictDoUpdate({ target: [breakGlass.tenantSid, breakGlass.userSid], set: row }),
    db
      .update(users)
      .set({ signInMethod: 'sso_enabled', updatedAt: now })
      .where(and(eq(users.sid, userSid), eq(users.signInMethod, 'sso_enforced'))),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: userSid,
      action: 'break_glass.add',
      after: { reason, expiresAt },
    }),
  ])
}

/** Ends an exemption, and the codes that go with it. Nobody is enforced by it. */
export async function endBreakGlassRow(
  { db, actor, now }: OperationContext,
  tenantSid: string,
  userSid: string,
): Promise<void> {
  await db.batch([
    db
      .update(breakGlass)
      .set({ endedAt: now, passwordUntil: null, handoverHash: null })
      .where(and(eq(breakGlass.tenantSid, tenantSid), eq(breakGlass.userSid, userSid))),
    db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userSid, userSid), isNull(recoveryCodes.spentAt))),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: userSid,
      action: 'break_glass.end',
      after: { endedAt: now },
    }),
  ])
}

/** A new set of codes; those of the set before that were not spent count no more. */
export async function replaceRecoveryCodes(
  { db, actor, now }: OperationContext,
  tenantSid: string,
  userSid: string,
  codeHashes: readonly string[],
): Promise<void> {
  await db.batch([
    db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userSid, userSid), isNull(recoveryCodes.spentAt))),
    db
      .insert(recoveryCodes)
      .values(codeHashes.map((codeHash) => ({ codeHash, tenantSid, userSid, createdAt: now }))),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: userSid,
      action: 'recovery_codes.create',
      after: { codes: codeHashes.length },
    }),
  ])
}

const NOBODY_SUSPENDED = sql.raw(
  'users.suspended_at IS NULL AND EXISTS (SELECT 1 FROM tenants WHERE tenants.sid = users.tenant_sid AND tenants.suspended_at IS NULL)',
)

/**
 * Spends a code, if it is this user's, unspent, and the user is a break-glass owner; neither user nor tenant may be suspended.
 * From then on the password counts, and where there is a hand-over, its code is good in place of this one. The event is written
 * with it: nobody gets in unseen. Undefined: nothing has been spent.
 */
export async function spendCode(
  db: Database,
  code: {
    emailKey: string
    codeHash: string
    now: number
    passwordUntil: number
    handoverHash: string | null
  },
): Promise<Opened | undefined> {
  const { emailKey, codeHash, now, passwordUntil, handoverHash } = code
  // By the code first: a wrong one costs the same whoever exists.
  const isGood = sql`recovery_codes.code_hash = ${codeHash} AND recovery_codes.spent_at IS NULL
    AND EXISTS (SELECT 1 FROM users WHERE users.sid = recovery_codes.user_sid AND users.email_key = ${emailKey} AND ${NOBODY_SUSPENDED})
    AND EXISTS (SELECT 1 FROM break_glass WHERE break_glass.tenant_sid = recovery_codes.tenant_sid AND break_glass.user_sid = recovery_codes.user_sid AND break_glass.ended_at IS NULL AND break_glass.expires_at > ${now})`
  const left = sql<number>`(SELECT count(*) FROM recovery_codes AS others WHERE others.user_sid = recovery_codes.user_sid AND others.spent_at IS NULL AND others.code_hash <> ${codeHash})`
  const [, , spent] = await db.batch([
    db
      .insert(events)
      .select(
        sql`SELECT ${createSid('EV')}, recovery_codes.tenant_sid, 'user ' || recovery_codes.user_sid, 'recovery_code.spend', recovery_codes.user_sid, NULL, json_object('codesLeft', ${left}), ${now} FROM recovery_codes WHERE ${isGood}`,
      ),
    db
      .update(breakGlass)
      .set({ passwordUntil, handoverHash })
      .where(
        sql`(tenant_sid, user_sid) IN (SELECT recovery_codes.tenant_sid, recovery_codes.user_sid FROM recovery_codes WHERE ${isGood})`,
      ),
    db
      .update(recoveryCodes)
      .set({ spentAt: now })
      .where(isGood)
      .returning({
        userSid: recoveryCodes.userSid,
        tenantSid: recoveryCodes.tenantSid,
        codesLeft: left.as('codes_left'),
      }),
  ])
  return spent[0] && { ...spent[0], passwordUntil }
}

/** Spends the code of a hand-over. Its event was written with the code that it stands for. */
export async function spendHandover(
  db: Database,
  code: { emailKey: string; codeHash: string; opensUntil: number },
): Promise<Opened | undefined> {
  const { emailKey, codeHash, opensUntil } = code
  const [spent] = await db
    .update(breakGlass)
    .set({ handoverHash: null })
    .where(
      and(
        sql`(tenant_sid, user_sid) IN (SELECT users.tenant_sid, users.sid FROM users WHERE users.email_key = ${emailKey} AND ${NOBODY_SUSPENDED})`,
        eq(breakGlass.handoverHash, codeHash),
        isNull(breakGlass.endedAt),
        gt(breakGlass.passwordUntil, opensUntil),
      ),
    )
    .returning({
      userSid: breakGlass.userSid,
      tenantSid: breakGlass.tenantSid,
      codesLeft:
        sql<number>`(SELECT count(*) FROM recovery_codes WHERE recovery_codes.user_sid = break_glass.user_sid AND recovery_codes.spent_at IS NULL)`.as(
          'codes_left',
        ),
      passwordUntil: sql<number>`password_until`.as('password_until'),
    })
  return spent
}
