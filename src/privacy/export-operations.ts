// Exports: all that is held about a person (GDPR Art. 15), and about a tenant in parts. Both are
// made line by line, so that memory stays bounded.
import { getTenant, getUser } from '../directory/operations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { askHistory } from '../platform/db/history.ts'
import type { Database } from '../platform/db/client.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { mayErase, notAllowed } from './operations.ts'
import { readSought } from './people.ts'
import { wordsOf } from './sought.ts'
import { readEvents, readPeople, readRows } from './store/export.ts'
import { linesOf, rowsOfLogins, rowsOfPerson } from './store/history.ts'
import { findConnectionSids, rowsOfUser } from './store/people.ts'
import { recordExport } from './store/events.ts'
import {
  connectionsOf,
  listOf,
  rowsOfConnections,
  rowsOfPeople,
  rowsOfTenant,
  type OwnedRows,
} from './store/rows.ts'
import { rowOfTenant } from './store/begin.ts'

type ExportLines = AsyncGenerator<string>

/** NDJSON: what it is, then a row a line. Refuses `not_there` and `forbidden`. */
export async function exportUser(
  context: OperationContext,
  name: string,
): Promise<Result<ExportLines, Problem>> {
  const found = await getUser(context, name)
  if (!found.ok) return found
  if (!mayErase(context, found.value.tenantSid)) return notAllowed(context)
  const user = found.value
  const { sought } = await readSought(context, user)
  await recordExport(context, 'user.exported', user.tenantSid, user.sid)
  const rows = rowsOfUser(user.sid, user.tenantSid, sought)
  const words = [...wordsOf(sought, 'text'), ...wordsOf(sought, 'json')]
  const connectionSids = sought.connections
  const logins = [
    linesOf(user.sid, connectionSids),
    ...rowsOfPerson({ userSid: user.sid, connectionSids, words }),
  ]
  return ok(userLines(context, user.sid, rows, logins))
}

async function* userLines(
  context: OperationContext,
  userSid: string,
  rows: readonly OwnedRows[],
  logins: readonly OwnedRows[],
): ExportLines {
  const exportedAt = new Date(context.now).toISOString()
  yield `${JSON.stringify({ exportedAt, userSid })}\n`
  for await (const row of rowsOfAll(context, rows, logins, { subjectSid: userSid }))
    yield `${JSON.stringify(row)}\n`
}

type TableRow = { table: string; row: unknown }

async function* rowsOfAll(
  { db, history }: OperationContext,
  rows: readonly OwnedRows[],
  logins: readonly OwnedRows[],
  of: { subjectSid: string },
): AsyncGenerator<TableRow> {
  for (const one of rows) yield* pagesOf(db, one)
  for (let after: number | null = 0; after !== null;) {
    const page: Awaited<ReturnType<typeof readEvents>> = await readEvents(db, of, after)
    for (const row of page.rows) yield { table: 'events', row }
    after = page.next
  }
  for (const one of logins)
    for (let after: string | null = null, isFirst = true; isFirst || after !== null;) {
      isFirst = false
      const read: Awaited<ReturnType<typeof askPage>> = await askPage(history, one, after)
      if (!read.ok) return yield { table: 'history', row: { missing: read.error } }
      for (const row of read.value.rows) yield { table: read.value.table, row }
      after = read.value.next
    }
}

const askPage = (history: OperationContext['history'], one: OwnedRows, after: string | null) =>
  askHistory(history, 'export', (lines) => readRows(lines, one, after))

async function* pagesOf(db: Database, one: OwnedRows): AsyncGenerator<TableRow> {
  for (let after: string | null = null, isFirst = true; isFirst || after !== null;) {
    isFirst = false
    const page: Awaited<ReturnType<typeof readRows>> = await readRows(db, one, after)
    for (const row of page.rows) yield { table: page.table, row }
    after = page.next
  }
}

/** Where a part goes on. */
export type ExportCursor = { step: 'people' | 'tables' | 'events' | 'logins'; after: string }

/** Queries of one part: D1 allows an invocation 50 on the free plan. */
const A_PART = 40

/**
 * One part as NDJSON: lines of `table` and `row`, and a last line with `next`, which is null at
 * the end. Without `render` it is all in one part, for the paid plan. Refuses `not_there` and
 * `forbidden`.
 */
export async function exportTenant(
  context: OperationContext,
  sid: string,
  cursor: ExportCursor | null,
  render: ((cursor: ExportCursor) => string) | null,
): Promise<Result<ExportLines, Problem>> {
  const found = await getTenant(context, sid)
  if (!found.ok) return found
  if (!mayErase(context, sid)) return notAllowed(context)
  return ok(tenantLines(context, sid, cursor ?? { step: 'people', after: '' }, render))
}

async function* tenantLines(
  context: OperationContext,
  sid: string,
  from: ExportCursor,
  render: ((cursor: ExportCursor) => string) | null,
): ExportLines {
  let at: ExportCursor | null = from
  const most = render ? A_PART : Infinity
  for (let queries = 0; at !== null && queries < most;) {
    const part: ExportPart = await PARTS[at.step](context, sid, at.after)
    for (const one of part.rows) yield `${JSON.stringify(one)}\n`
    queries += part.queries
    at = part.next
  }
  if (at === null) await recordExport(context, 'tenant.exported', sid, sid)
  yield `${JSON.stringify({ next: at && render ? render(at) : null })}\n`
}

type ExportPart = { rows: TableRow[]; queries: number; next: ExportCursor | null }
type ReadPart = (context: OperationContext, sid: string, after: string) => Promise<ExportPart>

const PARTS: Readonly<Record<ExportCursor['step'], ReadPart>> = {
  async people({ db }, sid, after) {
    const last = after === '' ? null : (JSON.parse(after) as { createdAt: number; sid: string })
    const people = await readPeople(db, sid, last)
    if (people.length === 0) return { rows: [], queries: 1, next: { step: 'tables', after: '0' } }
    const of = rowsOfPeople(listOf(people.map((one) => one.sid)), sid)
    const rows: TableRow[] = []
    for (const one of of) for await (const row of pagesOf(db, one)) rows.push(row)
    const next = { step: 'people' as const, after: JSON.stringify(people.at(-1)) }
    return { rows, queries: 1 + of.length, next }
  },
  async tables({ db }, sid, after) {
    const tables = tablesOf(sid)
    const [index, ...key] = after.split(' ')
    const one = tables[Number(index)]
    if (!one) return { rows: [], queries: 0, next: { step: 'events', after: '0' } }
    const page = await readRows(db, one, key.length > 0 ? key.join(' ') : null)
    const rows = page.rows.map((row) => ({ table: page.table, row }))
    const next = page.next === null ? `${Number(index) + 1}` : `${index} ${page.next}`
    return { rows, queries: 1, next: { step: 'tables', after: next } }
  },
  async events({ db }, sid, after) {
    const page = await readEvents(db, { tenantSid: sid }, Number(after))
    const rows = page.rows.map((row) => ({ table: 'events', row }))
    if (page.next === null) return { rows, queries: 1, next: { step: 'logins', after: '0' } }
    return { rows, queries: 1, next: { step: 'events', after: `${page.next}` } }
  },
  async logins({ db, history, now }, sid, after) {
    const tables = rowsOfLogins(await findConnectionSids(db, sid), now)
    const [index, ...key] = after.split(' ')
    const one = tables[Number(index)]
    if (!one) return { rows: [], queries: 1, next: null }
    const read = await askPage(history, one, key.length > 0 ? key.join(' ') : null)
    if (!read.ok) {
      const missing = { table: 'history', row: { missing: read.error } }
      return { rows: [missing], queries: 2, next: null }
    }
    const rows = read.value.rows.map((row) => ({ table: read.value.table, row }))
    const next = read.value.next === null ? `${Number(index) + 1}` : `${index} ${read.value.next}`
    return { rows, queries: 2, next: { step: 'logins', after: next } }
  },
}

/** Tables of the tenant besides those of its people. */
function tablesOf(sid: string): OwnedRows[] {
  const ofPeople = new Set(rowsOfPeople(listOf([]), sid).map(({ table }) => table))
  return [rowOfTenant(sid), ...rowsOfTenant(sid), ...rowsOfConnections(connectionsOf(sid))].filter(
    ({ table }) => !ofPeople.has(table),
  )
}
