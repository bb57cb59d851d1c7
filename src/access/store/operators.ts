// The SQL of operators' accounts. A removal or a change of the role ends their sessions in the same
// batch, and never takes the last owner who can come in without the vendor's IdP.
import {
  and,
  eq,
  exists,
  getTableColumns,
  gt,
  inArray,
  isNull,
  ne,
  sql,
  type SQL,
} from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { RecordedType } from '../../events/catalogue.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { ROLES, type Role } from '../../events/roles.ts'
import { recordCreation, recordEvent, recordEventFrom } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { insertWithin } from '../../platform/db/within-limit.ts'
import { apiKeys, consoleSessions, operators, signInLinks } from '../tables.ts'

export type Operator = typeof operators.$inferSelect

const columns = getTableColumns(operators)
const isActive = isNull(operators.removedAt)

export async function findOperator(db: Database, sid: string): Promise<Operator | undefined> {
  const [row] = await db
    .select(columns)
    .from(operators)
    .where(and(eq(operators.sid, sid), isActive))
  return row
}

export async function findOperatorOf(db: Database, key: string): Promise<Operator | undefined> {
  const [row] = await db
    .select(columns)
    .from(operators)
    .where(and(eq(operators.emailKey, key), isActive))
  return row
}

/** Newest first; one row more than the page holds. */
export function findOperators(db: Database, page: PageRequest): Promise<Operator[]> {
  return db
    .select(columns)
    .from(operators)
    .where(and(isActive, newestFirst.after(operators, page)))
    .orderBy(...newestFirst.order(operators))
    .limit(page.limit + 1)
}

/** False, and nothing done, where there are as many as there may be. */
export function insertOperator(context: OperationContext, row: Operator): Promise<boolean> {
  const { sid, name, email, role } = row
  const creation = recordCreation(context, {
    tenantSid: null,
    type: 'operator.invited',
    subjectSid: sid,
    after: { name, email, role },
  })
  const limit = { most: LIMITS.operators.most, where: isActive }
  return insertWithin(context.db, operators, row, limit, { creation })
}

export type OperatorChange = Partial<Pick<Operator, 'name' | 'role' | 'signsInBy' | 'removedAt'>>

type Described = {
  type: RecordedType
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

/**
 * Changes an account as it was read. `isLosing`: afterwards it is no owner who can come in by a
 * link or Access; then another one has to be there. False, and nothing done, where there is none,
 * or where the account has changed.
 */
export async function updateOperator(
  context: OperationContext,
  before: Operator,
  change: OperatorChange,
  {
    events,
    isLosing,
    endsSessions,
    endsKeys,
  }: {
    events: readonly Described[]
    isLosing: boolean
    endsSessions: boolean
    /** Keys of these roles end. */
    endsKeys: readonly Role[]
  },
): Promise<boolean> {
  const { db, actor, now } = context
  const { sid, updatedAt } = before
  const isIt = eq(operators.sid, sid)
  const another = alias(operators, 'another')
  const isAnother = and(
    isNull(another.removedAt),
    eq(another.role, 'owner'),
    eq(another.signsInBy, 'any'),
    ne(another.sid, sid),
  )
  const isUnchanged = and(eq(operators.updatedAt, updatedAt), isActive)
  const isAllowed: SQL | undefined = isLosing
    ? and(
        isUnchanged,
        exists(
          db
            .select({ one: sql`1` })
            .from(another)
            .where(isAnother),
        ),
      )
    : isUnchanged
  // NULL, where it is not allowed: the NOT NULL column then rolls the batch back.
  const changedAt = sql<number>`CASE WHEN ${isAllowed} THEN ${Math.max(now, updatedAt + 1)} END`
  const done = await guardedBatch(db, {
    account: db
      .update(operators)
      .set({ ...change, updatedAt: changedAt })
      .where(isIt),
    ...(endsSessions && {
      sessions: db.delete(consoleSessions).where(eq(consoleSessions.operatorSid, sid)),
      links: db.delete(signInLinks).where(eq(signInLinks.operatorSid, sid)),
    }),
    ...endKeys(context, sid, endsKeys),
    events: events.map((event) =>
      recordEvent(db, { actor, now, tenantSid: null, subjectSid: sid, ...event }),
    ),
  })
  return done !== undefined
}

/** Valid keys that the operator has made: they have seen the secrets. */
function isKeyOf(sid: string, now: number, roles: readonly Role[]) {
  return and(
    eq(apiKeys.operatorSid, sid),
    isNull(apiKeys.revokedAt),
    gt(apiKeys.expiresAt, now),
    inArray(apiKeys.role, roles),
  )
}

function endKeys({ db, actor, now }: OperationContext, sid: string, roles: readonly Role[]) {
  if (roles.length === 0) return {}
  const isEnding = isKeyOf(sid, now, roles)
  const { sid: subjectSid, tenantSid } = apiKeys
  return {
    // Before the keys have ended: it names those that do.
    keyEvents: recordEventFrom(
      db,
      { actor, now, type: 'api_key.revoked', tenantSid, subjectSid },
      (select) => select.from(apiKeys).where(isEnding),
    ),
    keys: db.update(apiKeys).set({ revokedAt: now }).where(isEnding),
  }
}

/** How many keys end with the account. */
export async function countKeysOf(db: Database, sid: string, now: number): Promise<number> {
  return db.$count(apiKeys, isKeyOf(sid, now, ROLES))
}

/** Whether another owner can come in by a link or Access. */
export async function hasAnotherOwner(db: Database, sid: string): Promise<boolean> {
  const isOther = and(
    isActive,
    eq(operators.role, 'owner'),
    eq(operators.signsInBy, 'any'),
    ne(operators.sid, sid),
  )
  return (await db.$count(operators, isOther)) > 0
}

/** Ends every session of the console that the operator has. */
export async function endSessionsOf(db: Database, operatorSid: string): Promise<void> {
  await db.delete(consoleSessions).where(eq(consoleSessions.operatorSid, operatorSid))
}
