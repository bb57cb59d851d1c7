// The SQL of wrong recovery codes: counted by the request, told by a job. A request writes one row
// for every e-mail alike, so that its cost tells nobody whether an owner has it.
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { users } from '../../../directory/tables.ts'
import { HOUR } from '../../../durations.ts'
import { beginCondition, countInHour } from '../../../events/conditions/store.ts'
import { conditions } from '../../../events/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import { qualified } from '../../../platform/db/sql.ts'
import { hashSecret } from '../../../platform/secret.ts'
import { breakGlass } from '../tables.ts'

const NAME = 'wrong_recovery_codes'
const TOLD = 'wrong_recovery_codes_told'

/** E-mails of no owner are counted too, in a few rows that mean nothing. */
const strangerOf = async (emailKey: string) =>
  `stranger ${(await hashSecret(emailKey)).slice(0, 1)}`

export async function noteWrongCode(db: Database, emailKey: string, now: number): Promise<void> {
  const owner = db
    .select({ sid: qualified(sql`${users.sid}`).as('owner') })
    .from(users)
    .innerJoin(breakGlass, and(eq(breakGlass.userSid, users.sid), isNull(breakGlass.endedAt)))
    .where(and(eq(users.emailKey, emailKey), gt(breakGlass.expiresAt, now)))
    .limit(1)
  const subject = sql<string>`coalesce((${owner}), ${await strangerOf(emailKey)})`
  await countInHour(db, { name: NAME, subject, now }, (select) =>
    select.from(sql`(SELECT 1)`).where(sql`1`),
  )
}

/** Owners with wrong codes within this hour, if nobody was told yet. */
export function findUntoldOwners(db: Database, now: number, limit: number) {
  const told = alias(conditions, 'told')
  return db
    .select({ userSid: users.sid, tenantSid: users.tenantSid, count: conditions.times })
    .from(conditions)
    .innerJoin(users, eq(users.sid, conditions.subject))
    .leftJoin(told, and(eq(told.name, TOLD), eq(told.subject, conditions.subject)))
    .where(
      and(
        eq(conditions.name, NAME),
        gt(conditions.since, now - HOUR),
        sql`coalesce(${told.since}, -1) <= ${now - HOUR}`,
      ),
    )
    .limit(limit)
}

/** Once an hour, also where two runs come together. */
export async function recordWrongCodes(
  db: Database,
  { userSid, tenantSid, count }: { userSid: string; tenantSid: string; count: number },
  now: number,
): Promise<void> {
  await db.batch(
    beginCondition(
      db,
      { name: TOLD, subject: userSid, now, period: HOUR },
      {
        actor: { kind: 'maintenance' },
        tenantSid,
        type: 'recovery_code.refused',
        subjectSid: userSid,
        after: { count },
      },
    ),
  )
}
