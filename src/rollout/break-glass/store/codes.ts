// The SQL of recovery codes: a new set, and a code that is spent. Each change is one batch with its
// event.
import { and, eq, gt, isNull, ne, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { users } from '../../../directory/tables.ts'
import { tenants } from '../../../directory/tenants/tables.ts'
import { breakGlass, recoveryCodes } from '../tables.ts'
import { recordEvent, recordEventFrom } from '../../../events/store.ts'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { qualified } from '../../../platform/db/sql.ts'
import { endedExpiry } from '../../../platform/db/sweep.ts'
import type { User } from '../../../directory/store/users.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { DAY } from '../../../durations.ts'

/** What a code has opened, and for whom. */
export type Opened = {
  userSid: string
  tenantSid: string
  codesLeft: number
  passwordUntil: number
}

/** `isDrill`: the owner has tried the code out. */
export type SpentCode = Opened & { isDrill: boolean }

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
      actor: { kind: 'user', id: userSid, name: userSid },
      now,
      tenantSid,
      subjectSid: userSid,
      type: 'recovery_codes.created',
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
export function codesLeft(userSid: SQLiteColumn, besides?: string): SQL<number> {
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
): Promise<SpentCode | undefined> {
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
  const isOwner = sql`${breakGlass.tenantSid} = ${recoveryCodes.tenantSid}
    AND ${breakGlass.userSid} = ${recoveryCodes.userSid}`
  const isDrill = sql`(SELECT coalesce(${breakGlass.drillAt} <= ${now}, 0)
    FROM ${breakGlass} WHERE ${isOwner})`
  const isDue = sql`${breakGlass.drillAt} <= ${now}`
  const { drillDays } = breakGlass
  const owner = db
    .select({ tenantSid: recoveryCodes.tenantSid, userSid: recoveryCodes.userSid })
    .from(recoveryCodes)
    .where(isGood)
  const spender = sql<string>`${recoveryCodes.userSid}`
  const { spent } = await batch(db, {
    event: recordEventFrom(
      db,
      {
        actor: { kind: 'user', id: spender, name: spender },
        now,
        tenantSid: recoveryCodes.tenantSid,
        type: 'recovery_code.used',
        subjectSid: recoveryCodes.userSid,
        after: sql`json_object('codesLeft', ${left},
          'drill', json(CASE WHEN ${isDrill} THEN 'true' ELSE 'false' END))`,
      },
      (select) => select.from(recoveryCodes).where(isGood),
    ),
    owner: db
      .update(breakGlass)
      .set({
        passwordUntil,
        handoverHash,
        drilledAt: sql`CASE WHEN ${isDue} THEN ${now} ELSE ${breakGlass.drilledAt} END`,
        drillAt: sql`CASE WHEN ${isDue}
          THEN CASE WHEN ${drillDays} > 0 THEN ${now} + ${drillDays} * ${DAY} END
          ELSE ${breakGlass.drillAt} END`,
      })
      .where(sql`(${breakGlass.tenantSid}, ${breakGlass.userSid}) IN ${owner}`),
    spent: db
      .update(recoveryCodes)
      .set({ spentAt: now })
      .where(isGood)
      .returning({
        userSid: recoveryCodes.userSid,
        tenantSid: recoveryCodes.tenantSid,
        codesLeft: qualified(left).as('codes_left'),
        // The statement before this one has noted the drill.
        isDrill: qualified(
          sql<number>`(SELECT coalesce(${breakGlass.drilledAt} = ${now}, 0)
            FROM ${breakGlass} WHERE ${isOwner})`,
        ).as('is_drill'),
      }),
  })
  return spent[0] && { ...spent[0], isDrill: spent[0].isDrill === 1, passwordUntil }
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

export const recoveryCodeExpiry = endedExpiry(recoveryCodes, recoveryCodes.spentAt)
