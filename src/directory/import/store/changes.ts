// The SQL of what a chunk of an import changes. Rows travel as one JSON parameter a statement: D1
// takes a hundred parameters, and a chunk has two thousand rows.
import { eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { accounts, memberships, users } from '../../tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import type { Statement } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { insertFromSelect } from '../../../platform/db/insert-from-select.ts'
import { listed, rowsOf } from '../../../platform/db/sql.ts'
import { admitNewcomers } from '../../newcomers/store.ts'
import { endKeptWays } from '../../store/kept-ways.ts'
import type { Changes, UserWrite } from '../judge.ts'

type Writer = Pick<OperationContext, 'db' | 'now' | 'actor'>

/** Lines of a chunk as rows: `field` reads one of a line's values. */
const { value: LINE } = rowsOf([], 'line')
const field = (name: string) => sql`(${LINE} ->> ${`$.${name}`})`
const lines = (items: readonly unknown[]) => rowsOf(items, 'line').from

/** Pairs of account and user in one statement. D1 takes parameters of 2 MB. */
const PAIRS = 10_000

/** A line of a pair is a list: one is read for each row that is written. */
const ACCOUNT_OF_PAIR = sql<string>`(${LINE} ->> 0)`
const USER_OF_PAIR = sql<string>`(${LINE} ->> 1)`

/** In the order of the table, so that neighbours are written together. */
function pairsOf(rows: Changes['joins']): [string, string][][] {
  const pairs = rows.map(({ accountSid, userSid }): [string, string] => [accountSid, userSid])
  pairs.sort(([account, user], [otherAccount, otherUser]) =>
    account === otherAccount ? compare(user, otherUser) : compare(account, otherAccount),
  )
  const portions: [string, string][][] = []
  for (let at = 0; at < pairs.length; at += PAIRS) portions.push(pairs.slice(at, at + PAIRS))
  return portions
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** The statements of a chunk's changes. Those that have nothing to do are left out. */
export function changeUsers(
  context: Writer,
  tenantSid: string,
  importSid: string | null,
  changes: Changes,
): Statement[] {
  const { db } = context
  const { true: updates = [], false: marks = [] } = Object.groupBy(
    changes.updates,
    ({ changed }) => (changed ? 'true' : 'false'),
  )
  const statements: (Statement | undefined)[] = [
    changes.accounts.length > 0 ? insertAccounts(context, tenantSid, changes.accounts) : undefined,
    // Addresses may be handed on within a chunk: first all let go, then each takes.
    changes.movers.length > 0
      ? db
          .update(users)
          .set({ emailKey: sql`'moving ' || ${users.sid}` })
          .where(inArray(users.sid, listed(changes.movers)))
      : undefined,
    updates.length > 0 ? updateUsers(context, importSid, updates) : undefined,
    importSid !== null && marks.length > 0 ? markUsers(db, importSid, marks) : undefined,
    ...(changes.suspended.length > 0 ? endKeptWays(context, tenantSid, changes.suspended) : []),
    changes.inserts.length > 0
      ? insertUsers(context, { tenantSid, importSid }, changes.inserts)
      : undefined,
    ...pairsOf(changes.leaves).map((pairs) => deleteMemberships(db, pairs)),
    ...pairsOf(changes.joins).map((pairs) => insertMemberships(db, pairs)),
    ...admitNewcomers(
      context,
      changes.inserts.map(({ sid }) => sid),
    ),
  ]
  return statements.filter((statement) => statement !== undefined)
}

function insertAccounts({ db, now }: Writer, tenantSid: string, rows: Changes['accounts']) {
  return insertFromSelect(
    db,
    accounts,
    {
      sid: field('sid'),
      tenantSid,
      externalID: field('externalID'),
      name: field('externalID'),
      createdAt: now,
    },
    (select) => select.from(lines(rows)),
  )
}

function insertUsers(
  { db, now }: Writer,
  { tenantSid, importSid }: { tenantSid: string; importSid: string | null },
  rows: Changes['inserts'],
) {
  return insertFromSelect(
    db,
    users,
    {
      sid: field('sid'),
      tenantSid,
      externalID: field('externalID'),
      email: field('email'),
      emailKey: field('emailKey'),
      firstName: field('firstName'),
      lastName: field('lastName'),
      signInMethod: 'password',
      suspendedAt: sql`CASE WHEN ${field('suspended')} THEN ${now} END`,
      hasPassword: true,
      importSid,
      importRow: field('importRow'),
      createdAt: now,
      updatedAt: now,
    },
    (select) => select.from(lines(rows)),
  )
}

function deleteMemberships(db: Database, pairs: readonly [string, string][]) {
  return db.delete(memberships).where(
    sql`(${memberships.accountSid}, ${memberships.userSid}) IN
      (SELECT ${ACCOUNT_OF_PAIR}, ${USER_OF_PAIR} FROM ${lines(pairs)})`,
  )
}

function insertMemberships(db: Database, pairs: readonly [string, string][]) {
  return insertFromSelect(
    db,
    memberships,
    { accountSid: ACCOUNT_OF_PAIR, userSid: USER_OF_PAIR },
    (select) => select.from(lines(pairs)).where(sql`true`),
  ).onConflictDoNothing()
}

/** Writes no index, as an update does that names the indexed columns. */
function markUsers(db: Database, importSid: string, marks: readonly UserWrite[]) {
  return db
    .update(users)
    .set({ importSid, importRow: sql`${LINE} ->> 1` })
    .from(lines(marks.map(({ sid, importRow }) => [sid, importRow])))
    .where(eq(users.sid, sql`${LINE} ->> 0`))
}

/** Fields that a line does not have stay as they are, even if they changed since they were read. */
function updateUsers({ db, now }: Writer, importSid: string | null, updates: readonly UserWrite[]) {
  const orStays = (name: string, column: SQLiteColumn): SQL =>
    sql`CASE WHEN json_type(${LINE}, ${`$.${name}`}) IS NULL THEN ${column}
      ELSE ${field(name)} END`
  return db
    .update(users)
    .set({
      email: field('email'),
      emailKey: field('emailKey'),
      firstName: orStays('firstName', users.firstName),
      lastName: orStays('lastName', users.lastName),
      externalID: orStays('externalID', users.externalID),
      suspendedAt: sql`CASE ${field('suspended')}
        WHEN 1 THEN coalesce(${users.suspendedAt}, ${now}) WHEN 0 THEN NULL
        ELSE ${users.suspendedAt} END`,
      updatedAt: now,
      ...(importSid !== null && { importSid, importRow: field('importRow') }),
    })
    .from(lines(updates))
    .where(eq(users.sid, field('sid')))
}
