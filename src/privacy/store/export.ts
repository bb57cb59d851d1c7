// The SQL of exports: rows of a table in pages, without secrets and hashes of secrets.
import { and, asc, eq, getTableColumns, getTableName, gt, sql, type SQL } from 'drizzle-orm'
import { eventDetails, events } from '../../events/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { keyOf } from '../../platform/db/sweep.ts'
import { users } from '../../directory/tables.ts'
import type { OwnedRows } from './rows.ts'

/** Rows of one page. */
const AT_ONCE = 500

const SECRET = /(?:_hash|secret|private_key|unsubscribe_key|code_challenge|nonce)$/

export type ExportedRow = Readonly<Record<string, unknown>>

/** `after`: the key of the last row, as JSON. Null: the first page. */
export async function readRows(
  db: Database,
  { table, where }: OwnedRows,
  after: string | null,
): Promise<{ table: string; rows: ExportedRow[]; next: string | null }> {
  const key = keyOf(table)
  const columns = Object.fromEntries(
    Object.entries(getTableColumns(table)).filter(([, { name }]) => !SECRET.test(name)),
  )
  const isLater: SQL | undefined =
    after === null ? undefined : sql`(${list(key)}) > (${list(JSON.parse(after) as unknown[])})`
  const found = await db
    .select({ ...columns, exportKey: sql<string>`json_array(${list(key)})`.as('export_key') })
    .from(table)
    .where(and(where, isLater))
    .orderBy(...key.map((column) => asc(column)))
    .limit(AT_ONCE)
  const last = found.at(-1)
  const next = found.length === AT_ONCE && last ? last.exportKey : null
  const rows = found.map(({ exportKey: _, ...row }) => row)
  return { table: getTableName(table), rows, next }
}

const list = (values: readonly unknown[]) =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )

/** Events of a tenant or about a user, in their order, with what is left of their details. */
export async function readEvents(
  db: Database,
  of: { tenantSid: string } | { subjectSid: string },
  after: number,
): Promise<{ rows: ExportedRow[]; next: number | null }> {
  const isWanted =
    'tenantSid' in of ? eq(events.tenantSid, of.tenantSid) : eq(events.subjectSid, of.subjectSid)
  const { seq, sid, type, actorKind, actorId, subjectSid, connectionSid, createdAt } = events
  const rows = await db
    .select({
      seq,
      sid,
      type,
      actorKind,
      actorId,
      subjectSid,
      connectionSid,
      createdAt,
      details: eventDetails.personal,
    })
    .from(events)
    .leftJoin(eventDetails, eq(eventDetails.eventSeq, seq))
    .where(and(isWanted, gt(seq, after)))
    .orderBy(asc(seq))
    .limit(AT_ONCE)
  return { rows, next: rows.length === AT_ONCE ? rows.at(-1)!.seq : null }
}

/** The next people of a tenant. */
export async function readPeople(
  db: Database,
  tenantSid: string,
  after: { createdAt: number; sid: string } | null,
): Promise<{ createdAt: number; sid: string }[]> {
  const { createdAt, sid } = users
  const isLater = after && sql`(${createdAt}, ${sid}) > (${after.createdAt}, ${after.sid})`
  return db
    .select({ createdAt, sid })
    .from(users)
    .where(and(eq(users.tenantSid, tenantSid), isLater ?? undefined))
    .orderBy(asc(createdAt), asc(sid))
    .limit(AT_ONCE)
}
