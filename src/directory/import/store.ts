// The SQL of imports: what a chunk has to know in one round trip, what it changes in one batch. Rows travel as one JSON
// parameter a statement: D1 takes a hundred parameters, and a chunk has five hundred rows.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { recordCreation, recordEvent } from '../../events/store.ts'
import { isNotNullViolation, type Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { accounts, memberships, users } from '../tables.ts'
import { imports } from './tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { isSid } from '../../ids.ts'
import type { Changes, KnownRecords, UserWrite, RowVerdict } from './judge.ts'

export type Import = typeof imports.$inferSelect

/** Throws the UNIQUE violation where the same file is being imported already. */
export async function insertImport(context: OperationContext, row: Import): Promise<void> {
  const { db } = context
  const { sid, tenantSid, name, digest } = row
  await db.batch([
    db.insert(imports).values(row),
    ...recordCreation(context, {
      tenantSid,
      action: 'import.create',
      subjectSid: sid,
      after: { name, digest },
    }),
  ])
}

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

/** What the directory has of it: users of any tenant by login e-mail, users and accounts of this one by the vendor's ids. */
export async function findKnown(
  db: Database,
  tenantSid: string,
  named: NamedRecords,
): Promise<KnownRecords> {
  const each = (names: readonly string[]) => sql`json_each(${JSON.stringify(names)}) AS named`
  const { emailKeys, externalIDs, accounts: names = [] } = named
  // CROSS JOIN keeps the order: from the names to the rows. SQLite cannot know how few names there are, and would begin with all
  // that a tenant has.
  const byEmail = sql`${users.emailKey} = named.value`
  const byExternalID = sql`${users.tenantSid} = ${tenantSid} AND ${users.externalID} = named.value`
  const account = { sid: accounts.sid, externalID: accounts.externalID }
  const ofTenant = eq(accounts.tenantSid, tenantSid)
  const findUsers = (of: readonly string[], by: SQL) =>
    db.select(USER).from(each(of)).crossJoin(users).where(by)
  const findAccounts = (of: readonly string[], by: SQL) =>
    db.select(account).from(each(of)).crossJoin(accounts).where(and(ofTenant, by))
  const findMembers = (of: readonly string[], by: SQL) =>
    db
      .select({ userSid: memberships.userSid, accountSid: memberships.accountSid })
      .from(each(named.accounts ? of : []))
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
  const [ofEmails, ofIDs, bySid, byID, membersByEmail, membersByID] = await db.batch([
    findUsers(emailKeys, byEmail),
    findUsers(externalIDs, byExternalID),
    findAccounts(
      names.filter((name) => isSid(name, 'AC')),
      sql`${accounts.sid} = named.value`,
    ),
    findAccounts(
      names.filter((name) => !isSid(name, 'AC')),
      sql`${accounts.externalID} = named.value`,
    ),
    findMembers(emailKeys, byEmail),
    findMembers(externalIDs, byExternalID),
  ])
  // One object a user: who is found by e-mail and by id is the same.
  const found = new Map([...ofEmails, ...ofIDs].map((user) => [user.sid, user]))
  return {
    users: [...found.values()],
    accounts: [...bySid, ...byID],
    memberships: [...membersByEmail, ...membersByID],
  }
}

/** The statements of a chunk's changes. Those that have nothing to do are left out. */
export function changeUsers(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  tenantSid: string,
  importSid: string | null,
  changes: Changes,
): BatchItem<'sqlite'>[] {
  const statements: BatchItem<'sqlite'>[] = []
  const rows = (items: readonly unknown[]) => sql`json_each(${JSON.stringify(items)}) AS line`
  const field = <T>(name: string) => sql<T>`(line.value ->> ${`$.${name}`})`
  if (changes.accounts.length > 0)
    statements.push(
      db.insert(accounts).select((query) =>
        query
          .select({
            sid: field<string>('sid').as('sid'),
            tenantSid: sql<string>`${tenantSid}`.as('tenant_sid'),
            externalID: field<string>('externalID').as('external_id'),
            name: field<string>('externalID').as('name'),
            createdAt: sql<number>`${now}`.as('created_at'),
          })
          .from(rows(changes.accounts)),
      ),
    )
  if (changes.movers.length > 0)
    // Addresses may be handed on within a chunk: first all let go, then each takes.
    statements.push(
      db
        .update(users)
        .set({ emailKey: sql`'moving ' || ${users.sid}` })
        .where(
          sql`${users.sid} IN (SELECT value FROM json_each(${JSON.stringify(changes.movers)}))`,
        ),
    )
  if (changes.updates.length > 0) statements.push(updateUsers(db, now, importSid, changes.updates))
  if (changes.inserts.length > 0)
    statements.push(
      db.insert(users).select((query) =>
        query
          .select({
            sid: field<string>('sid').as('sid'),
            tenantSid: sql<string>`${tenantSid}`.as('tenant_sid'),
            externalID: field<string | null>('externalID').as('external_id'),
            email: field<string>('email').as('email'),
            emailKey: field<string>('emailKey').as('email_key'),
            firstName: field<string | null>('firstName').as('first_name'),
            lastName: field<string | null>('lastName').as('last_name'),
            signInMethod: sql<'password'>`'password'`.as('sign_in_method'),
            connectionSid: sql<null>`NULL`.as('connection_sid'),
            suspendedAt: sql<number | null>`CASE WHEN ${field('suspended')} THEN ${now} END`.as(
              'suspended_at',
            ),
            importSid: sql<string | null>`${importSid}`.as('import_sid'),
            importRow: field<number | null>('importRow').as('import_row'),
            createdAt: sql<number>`${now}`.as('created_at'),
            updatedAt: sql<number>`${now}`.as('updated_at'),
          })
          .from(rows(changes.inserts)),
      ),
    )
  if (changes.leaves.length > 0)
    statements.push(
      db.delete(memberships).where(
        sql`(${memberships.accountSid}, ${memberships.userSid}) IN
          (SELECT ${field('accountSid')}, ${field('userSid')} FROM ${rows(changes.leaves)})`,
      ),
    )
  if (changes.joins.length > 0)
    statements.push(
      db
        .insert(memberships)
        .select((query) =>
          query
            .select({
              accountSid: field<string>('accountSid').as('account_sid'),
              userSid: field<string>('userSid').as('user_sid'),
            })
            .from(rows(changes.joins))
            // SQLite would take ON CONFLICT for part of a join.
            .where(sql`true`),
        )
        .onConflictDoNothing(),
    )
  return statements
}

/** Fields that a row does not have stay as they are, also where somebody has changed them since they were read. */
function updateUsers(
  db: Database,
  now: number,
  importSid: string | null,
  updates: readonly UserWrite[],
) {
  const field = (name: string) => sql`(line.value ->> ${`$.${name}`})`
  const orStays = (name: string, column: SQL | typeof users.email) =>
    sql`CASE WHEN json_type(line.value, ${`$.${name}`}) IS NULL THEN ${column} ELSE ${field(name)} END`
  return db
    .update(users)
    .set({
      email: field('email'),
      emailKey: field('emailKey'),
      firstName: orStays('firstName', sql`${users.firstName}`),
      lastName: orStays('lastName', sql`${users.lastName}`),
      externalID: orStays('externalID', sql`${users.externalID}`),
      suspendedAt: sql`CASE ${field('suspended')}
        WHEN 1 THEN coalesce(${users.suspendedAt}, ${now}) WHEN 0 THEN NULL ELSE ${users.suspendedAt} END`,
      updatedAt: sql`CASE ${field('changed')} WHEN 1 THEN ${now} ELSE ${users.updatedAt} END`,
      ...(importSid !== null && { importSid, importRow: field('importRow') }),
    })
    .from(sql`json_each(${JSON.stringify(updates)}) AS line`)
    .where(sql`${users.sid} = ${field('sid')}`)
}

/**
 * Takes a chunk: its changes and the import's new position, all or nothing. False, and nothing done, where the import is not at
 * `from` any more. Throws a UNIQUE or FOREIGN KEY violation where somebody has changed the directory since it was read.
 */
export async function takeChunk(
  request: Pick<OperationContext, 'db' | 'now'>,
  { sid, tenantSid }: Pick<Import, 'sid' | 'tenantSid'>,
  from: number,
  { verdicts, changes }: { verdicts: readonly RowVerdict[]; changes: Changes },
): Promise<boolean> {
  const { db, now } = request
  const count = (of: RowVerdict['result']) => verdicts.filter(({ result }) => result === of).length
  // Where the import is elsewhere this is NULL, which the column does not take: the whole batch is taken back.
  const position = sql<number>`CASE WHEN ${imports.position} = ${from} AND ${imports.finishedAt} IS NULL THEN ${from + verdicts.length} END`
  try {
    await db.batch([
      db
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
      ...changeUsers(request, tenantSid, sid, changes),
    ])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}

/** Ends an import, once, with the event that tells what it has done. False where it had ended or gone on. */
export async function endImport(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, name, position, created, updated, unchanged, refused }: Import,
): Promise<boolean> {
  const at = sql<number>`CASE WHEN ${imports.position} = ${position} AND ${imports.finishedAt} IS NULL THEN ${now} END`
  try {
    await db.batch([
      // `updated_at` takes no NULL: where the import has ended or gone on, the batch is taken back.
      db.update(imports).set({ finishedAt: now, updatedAt: at }).where(eq(imports.sid, sid)),
      recordEvent(db, {
        actor,
        now,
        tenantSid,
        action: 'import.finish',
        subjectSid: sid,
        after: { name, rows: position, created, updated, unchanged, refused },
      }),
    ])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}
