// The SQL of imports: one round trip reads what a chunk needs to know, one batch writes its
// changes. Rows travel as one JSON parameter a statement: D1 takes a hundred parameters, and a
// chunk has two thousand rows.
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { imports } from '../tables.ts'
import { accounts, memberships, users } from '../../tables.ts'
import { recordCreation, recordEvent } from '../../../events/store.ts'
import { batch, guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { rowsOf } from '../../../platform/db/sql.ts'
import { changeUsers } from './changes.ts'
import { newestFirst, type PageRequest } from '../../../platform/db/page.ts'
import { LIMITS } from '../../../limits.ts'
import { endedExpiry } from '../../../platform/db/sweep.ts'
import { insertWithin } from '../../../platform/db/within-limit.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { isSid } from '../../../ids.ts'
import { keepClaims } from '../../claims/store.ts'
import type { ImportJudgement, KnownRecords, RowVerdict } from '../judge.ts'

export type Import = typeof imports.$inferSelect

/**
 * False, and nothing done, where there are as many unfinished ones as there may be. Throws the
 * UNIQUE violation where the same file is being imported already.
 */
export async function insertImport(context: OperationContext, row: Import): Promise<boolean> {
  const { db } = context
  const { sid, tenantSid, name, digest } = row
  const isUnfinished = and(eq(imports.tenantSid, tenantSid), isNull(imports.finishedAt))
  const limit = { most: LIMITS.imports.most, where: isUnfinished }
  const creation = recordCreation(context, {
    tenantSid,
    type: 'import.started',
    subjectSid: sid,
    after: { name, digest },
  })
  return insertWithin(db, imports, row, limit, { creation })
}

/** Unfinished ones stay: a tenant has a few. */
export const importExpiry = endedExpiry(imports, imports.finishedAt)

export async function findImport(db: Database, sid: string): Promise<Import | undefined> {
  const [found] = await db.select().from(imports).where(eq(imports.sid, sid))
  return found
}

/** One row more than the page holds. */
export function findImports(
  db: Database,
  tenantSid: string,
  digest: string | undefined,
  page: PageRequest,
): Promise<Import[]> {
  return db
    .select()
    .from(imports)
    .where(
      and(
        eq(imports.tenantSid, tenantSid),
        digest === undefined ? undefined : eq(imports.digest, digest),
        newestFirst.after(imports, page),
      ),
    )
    .orderBy(...newestFirst.order(imports))
    .limit(page.limit + 1)
}

const USER = {
  sid: users.sid,
  tenantSid: users.tenantSid,
  externalID: users.externalID,
  email: users.email,
  emailKey: users.emailKey,
  firstName: users.firstName,
  lastName: users.lastName,
  suspendedAt: users.suspendedAt,
  importSid: users.importSid,
  importRow: users.importRow,
}

/** What rows name. */
export type NamedRecords = {
  emailKeys: readonly string[]
  externalIDs: readonly string[]
  /** External ids and SIDs of accounts; undefined where no row says anything of accounts. */
  accounts: readonly string[] | undefined
}

/**
 * What the directory has of them: users of any tenant by login e-mail, users and accounts of this
 * tenant by the vendor's ids.
 */
export async function findKnown(
  db: Database,
  tenantSid: string,
  named: NamedRecords,
): Promise<KnownRecords> {
  const { emailKeys, externalIDs, accounts: names = [] } = named
  const sids = names.filter((name) => isSid(name, 'AC'))
  const others = names.filter((name) => !isSid(name, 'AC'))
  // The value of a row does not depend on the values: all queries name it alike.
  const { value } = rowsOf([])
  // CROSS JOIN keeps the order: from the names to the rows. SQLite cannot know how few names there
  // are, and would begin with all that a tenant has.
  const byEmail = eq(users.emailKey, value)
  const byExternalID = and(eq(users.tenantSid, tenantSid), eq(users.externalID, value))
  const account = { sid: accounts.sid, externalID: accounts.externalID }
  const ofTenant = eq(accounts.tenantSid, tenantSid)
  const findUsers = (of: readonly string[], by: SQL | undefined) =>
    db.select(USER).from(rowsOf(of).from).crossJoin(users).where(by)
  const findAccounts = (of: readonly string[], by: SQL) =>
    db.select(account).from(rowsOf(of).from).crossJoin(accounts).where(and(ofTenant, by))
  const findMembers = (of: readonly string[], by: SQL | undefined) =>
    db
      .select({ userSid: memberships.userSid, accountSid: memberships.accountSid })
      .from(rowsOf(named.accounts ? of : []).from)
      .crossJoin(users)
      .crossJoin(memberships)
      .crossJoin(accounts)
      .where(
        and(
          by,
          eq(memberships.userSid, users.sid),
          eq(accounts.sid, memberships.accountSid),
          ofTenant,
        ),
      )
  const found = await batch(db, {
    byEmail: findUsers(emailKeys, byEmail),
    byID: findUsers(externalIDs, byExternalID),
    accountsBySid: findAccounts(sids, eq(accounts.sid, value)),
    accountsByID: findAccounts(others, eq(accounts.externalID, value)),
    membersByEmail: findMembers(emailKeys, byEmail),
    membersByID: findMembers(externalIDs, byExternalID),
  })
  // One object a user: a user found by e-mail and by id is the same.
  const all = new Map([...found.byEmail, ...found.byID].map((user) => [user.sid, user]))
  return {
    users: [...all.values()],
    accounts: [...found.accountsBySid, ...found.accountsByID],
    memberships: [...found.membersByEmail, ...found.membersByID],
  }
}

/**
 * Writes a chunk: its changes and the import's new position, all or nothing. False, and nothing
 * done, where the import is no longer at `from`. Throws a UNIQUE or FOREIGN KEY violation where the
 * directory has changed since it was read.
 */
export async function takeChunk(
  request: Pick<OperationContext, 'db' | 'now' | 'actor'>,
  { sid, tenantSid }: Pick<Import, 'sid' | 'tenantSid'>,
  from: number,
  { verdicts, changes, claims }: ImportJudgement,
): Promise<boolean> {
  const { db, now } = request
  const count = (of: RowVerdict['result']) => verdicts.filter(({ result }) => result === of).length
  // NULL where the import is elsewhere, which the column does not take: the batch is taken back.
  const isThere = and(eq(imports.position, from), isNull(imports.finishedAt))
  const position = sql<number>`CASE WHEN ${isThere} THEN ${from + verdicts.length} END`
  const taken = await guardedBatch(db, {
    move: db
      .update(imports)
      .set({
        position,
        created: sql`${imports.created} + ${count('created')}`,
        updated: sql`${imports.updated} + ${count('updated')}`,
        unchanged: sql`${imports.unchanged} + ${count('unchanged')}`,
        refused: sql`${imports.refused} + ${count('refused')}`,
        updatedAt: now,
      })
      .where(eq(imports.sid, sid)),
    changes: changeUsers(request, tenantSid, sid, changes),
    claims: keepClaims(request, tenantSid, claims),
  })
  return taken !== undefined
}

/**
 * Ends an import, once, with the event that says what it did. False where it had ended or gone on.
 */
export async function endImport(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, name, position, created, updated, unchanged, refused }: Import,
): Promise<boolean> {
  const isThere = and(eq(imports.position, position), isNull(imports.finishedAt))
  const ended = await guardedBatch(db, {
    // NULL, which the column does not take, where the import has ended or gone on.
    end: db
      .update(imports)
      .set({ finishedAt: now, updatedAt: sql<number>`CASE WHEN ${isThere} THEN ${now} END` })
      .where(eq(imports.sid, sid)),
    event: recordEvent(db, {
      actor,
      now,
      tenantSid,
      type: 'import.finished',
      subjectSid: sid,
      after: { name, rows: position, created, updated, unchanged, refused },
    }),
  })
  return ended !== undefined
}
