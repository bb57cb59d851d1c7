// The SQL of break-glass owners and their recovery codes. Each change is one batch with its event.
import { and, eq, gt, isNull, ne, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { events } from '../../events/tables.ts'
import { breakGlass, recoveryCodes } from './tables.ts'
import { describeActor } from '../../events/actor.ts'
import { recordEvent } from '../../events/store.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { qualified } from '../../platform/db/sql.ts'
import type { User } from '../../directory/store/users.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { createSid } from '../../ids.ts'

export type OwnerRow = Omit<typeof breakGlass.$inferSelect, 'handoverHash'> & {
  email: string
  suspendedAt: number | null
  codesLeft: number
}

/** What a code has opened, and for whom. */
export type Opened = {
  userSid: string
  tenantSid: string
  codesLeft: number
  passwordUntil: number
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
  { db, actor, now }: OperationContext,
  user: User,
  { reason, expiresAt, graceHours }: { reason: string; expiresAt: number; graceHours: number },
): Promise<void> {
  const { tenantSid, sid: userSid } = user
  const row = {
    reason,
    expiresAt,
    graceHours,
    createdBy: describeActor(actor),
    createdAt: now,
    endedAt: null,
  }
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
      after: { reason, expiresAt, graceHours },
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
      .set({ endedAt: now, passwordUntil: null, handoverHash: null, keptUntil: null })
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

/** A new set of codes; unspent codes of the set before no longer work. */
export async function replaceRecoveryCodes(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  { tenantSid, sid: userSid }: Pick<User, 'tenantSid' | 'sid'>,
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
      actor: { kind: 'user', name: userSid },
      now,
      tenantSid,
      subjectSid: userSid,
      action: 'recovery_codes.create',
      after: { codes: codeHashes.length },
    }),
  ])
}

/**
 * Of a user whose login e-mail it is, where neither the user nor the tenant is suspended. An owner
 * whom the IdP has deactivated is welcome while the way in stays.
 */
function isWelcome(emailKey: string, now: number): SQL {
  const kept = alias(breakGlass, 'kept_way')
  return sql`${users.emailKey} = ${emailKey} AND (${users.suspendedAt} IS NULL
      OR EXISTS (SELECT 1 FROM ${breakGlass} AS ${kept} WHERE ${kept.userSid} = ${users.sid}
        AND ${kept.tenantSid} = ${users.tenantSid} AND ${kept.keptUntil} > ${now}))
    AND EXISTS (SELECT 1 FROM ${tenants}
      WHERE ${tenants.sid} = ${users.tenantSid} AND ${tenants.suspendedAt} IS NULL)`
}

/** Codes of a user that are not spent. */
function codesLeft(userSid: SQLiteColumn, besides?: string): SQL<number> {
  const left = alias(recoveryCodes, 'codes_left')
  const isLeft = and(
    eq(left.userSid, userSid),
    isNull(left.spentAt),
    besides === undefined ? undefined : ne(left.codeHash, besides),
  )
  return sql<number>`(SELECT count(*) FROM ${recoveryCodes} AS ${left} WHERE ${isLeft})`
}

/**
 * Spends a code, if it is this user's, unspent, and the user is a break-glass owner; neither user
 * nor tenant may be suspended. The password works from then on, and where there is a hand-over, its
 * code stands in for this one. The event is in the same batch: no use of a code goes unseen.
 * Undefined: nothing has been spent.
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
  // By the code first: a wrong one costs the same whether the user exists or not.
  const isGood = sql`${recoveryCodes.codeHash} = ${codeHash} AND ${recoveryCodes.spentAt} IS NULL
    AND EXISTS (SELECT 1 FROM ${users}
      WHERE ${users.sid} = ${recoveryCodes.userSid} AND ${isWelcome(emailKey, now)})
    AND EXISTS (SELECT 1 FROM ${breakGlass}
      WHERE ${breakGlass.tenantSid} = ${recoveryCodes.tenantSid}
        AND ${breakGlass.userSid} = ${recoveryCodes.userSid}
        AND ${breakGlass.endedAt} IS NULL AND ${breakGlass.expiresAt} > ${now})`
  const left = codesLeft(recoveryCodes.userSid, codeHash)
  const owner = db
    .select({ tenantSid: recoveryCodes.tenantSid, userSid: recoveryCodes.userSid })
    .from(recoveryCodes)
    .where(isGood)
  const { spent } = await batch(db, {
    event: insertFromSelect(
      db,
      events,
      {
        sid: createSid('EV'),
        tenantSid: recoveryCodes.tenantSid,
        actor: sql`'user ' || ${recoveryCodes.userSid}`,
        action: 'recovery_code.spend',
        subjectSid: recoveryCodes.userSid,
        after: sql`json_object('codesLeft', ${left})`,
        createdAt: now,
      },
      (select) => select.from(recoveryCodes).where(isGood),
    ),
    owner: db
      .update(breakGlass)
      .set({ passwordUntil, handoverHash })
      .where(sql`(${breakGlass.tenantSid}, ${breakGlass.userSid}) IN ${owner}`),
    spent: db
      .update(recoveryCodes)
      .set({ spentAt: now })
      .where(isGood)
      .returning({
        userSid: recoveryCodes.userSid,
        tenantSid: recoveryCodes.tenantSid,
        codesLeft: qualified(left).as('codes_left'),
      }),
  })
  return spent[0] && { ...spent[0], passwordUntil }
}

/** Spends the code of a hand-over. Its event was written with the code that it stands for. */
export async function spendHandover(
  db: Database,
  code: { emailKey: string; codeHash: string; opensUntil: number; now: number },
): Promise<Opened | undefined> {
  const { emailKey, codeHash, opensUntil, now } = code
  const owner = db
    .select({ tenantSid: users.tenantSid, userSid: users.sid })
    .from(users)
    .where(isWelcome(emailKey, now))
  const [spent] = await db
    .update(breakGlass)
    .set({ handoverHash: null })
    .where(
      and(
        sql`(${breakGlass.tenantSid}, ${breakGlass.userSid}) IN ${owner}`,
        eq(breakGlass.handoverHash, codeHash),
        isNull(breakGlass.endedAt),
        gt(breakGlass.passwordUntil, opensUntil),
      ),
    )
    .returning({
      userSid: breakGlass.userSid,
      tenantSid: breakGlass.tenantSid,
      codesLeft: qualified(codesLeft(breakGlass.userSid)).as('codes_left'),
      passwordUntil: sql<number>`${breakGlass.passwordUntil}`.as('password_until'),
    })
  return spent
}
