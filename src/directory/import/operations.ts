// What may be done with imports: begin one, give it the rows of a file in chunks, end it. Each
// chunk is all or nothing, and is taken once: an interrupted caller asks where the import is and
// goes on from there.
import { describeActor, may, maySee } from '../../events/actor.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { limitReached } from '../../limits.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { createSid } from '../../ids.ts'
import { getTenant } from '../operations.ts'
import { readText, readUserRecord } from '../user-record.ts'
import {
  judge,
  type ImportJudgement,
  type JudgeOptions,
  type KnownRecords,
  type ImportRow,
  type RowVerdict,
} from './judge.ts'
import {
  endImport,
  findImport,
  findImports,
  findKnown,
  insertImport,
  takeChunk,
  type Import,
} from './store/imports.ts'

/** Rows of one chunk. */
export const CHUNK_ROWS = 2000

/** Somebody else's change between reading and writing is met by reading again, so often. */
export const TRIES = 5

/**
 * Refuses `not_there`, `forbidden`, `input`, `limit_reached`, and `already_there` where the same
 * file is being imported.
 */
export async function createImport(
  context: OperationContext,
  tenantSid: string,
  input: { name: string; digest?: string | undefined },
): Promise<Result<Import, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  if (!mayImport(context, tenantSid)) return problem('forbidden', 'an operator', context.actor.kind)
  const name = readText(input.name, 'name')
  if (!name.ok) return name
  if (!name.value) return problem('input', 'a name', 'none', 'name')
  const { digest = null } = input
  if (digest !== null && !/^[0-9a-f]{64}$/.test(digest))
    return problem('input', 'SHA-256 in lower-case hexadecimal', digest.slice(0, 100), 'digest')
  const row: Import = {
    sid: createSid('IM'),
    tenantSid,
    name: name.value,
    digest,
    position: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    refused: 0,
    createdBy: describeActor(context.actor),
    createdAt: context.now,
    updatedAt: context.now,
    finishedAt: null,
  }
  try {
    if (!(await insertImport(context, row))) return limitReached('imports')
  } catch (error) {
    if (isUniqueViolation(error))
      return problem('already_there', 'no unfinished import of this file', 'one', 'digest')
    throw error
  }
  return ok(row)
}

/** Refuses `not_there`. */
export async function getImport(
  context: OperationContext,
  sid: string,
): Promise<Result<Import, Problem>> {
  const found = await findImport(context.db, sid)
  return found && maySee(context.actor, { tenantSid: found.tenantSid, connectionSid: null })
    ? ok(found)
    : problem('not_there', 'an import', sid)
}

/** Newest first; of one file where its digest is given. Refuses `not_there`. */
export async function listImports(
  context: OperationContext,
  tenantSid: string,
  page: PageRequest,
  digest?: string,
): Promise<Result<Page<Import>, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  return ok(toPage(await findImports(context.db, tenantSid, digest, page), page))
}

export type ChunkOptions = {
  /** Accounts that are not there are made, with the vendor's id for a name. */
  createAccounts?: boolean
}

const fromRow = (position: number) => `rows from row ${position + 1}`

/**
 * Takes the rows that follow the first `from` ones, 2,000 at most. Each gets a verdict; refused
 * ones change nothing. Refuses `not_there`, `forbidden`, `input`, and `import_position` where the
 * import is at another row or has ended.
 */
export async function takeRows(
  context: OperationContext,
  sid: string,
  from: number,
  values: readonly unknown[],
  { createAccounts = false }: ChunkOptions = {},
): Promise<Result<{ position: number; verdicts: RowVerdict[] }, Problem>> {
  const found = await getImport(context, sid)
  if (!found.ok) return found
  if (!mayImport(context, found.value.tenantSid))
    return problem('forbidden', 'an operator', context.actor.kind)
  const { tenantSid, position, finishedAt } = found.value
  const elsewhere = problem(
    'import_position',
    finishedAt === null ? fromRow(position) : 'an import that has not ended',
    fromRow(from),
    'from',
  )
  if (position !== from || finishedAt !== null) return elsewhere
  const rows = readRows(values, from)
  if (!rows.ok) return rows
  const options = { tenantSid, importSid: sid, createAccounts }
  for (let tried = 1; ; tried++) {
    const judgement = await judgeRows(context, rows.value, options)
    try {
      if (!(await takeChunk(context, found.value, from, judgement))) return elsewhere
      // Its rows may have suspended users.
      if (rows.value.some((row) => 'record' in row && row.record.suspended))
        context.afterResponse?.add('send_logout_tokens')
      return ok({ position: from + values.length, verdicts: judgement.verdicts })
    } catch (error) {
      if (tried === TRIES || !(isUniqueViolation(error) || isForeignKeyViolation(error)))
        throw error
    }
  }
}

/**
 * What an import would do with the rows, 2,000 at most, as the directory is now. Refuses
 * `not_there`, `forbidden`, `input`.
 */
export async function previewRows(
  context: OperationContext,
  tenantSid: string,
  values: readonly unknown[],
  { from = 0, createAccounts = false }: ChunkOptions & { from?: number } = {},
): Promise<Result<RowVerdict[], Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  if (!mayImport(context, tenantSid)) return problem('forbidden', 'an operator', context.actor.kind)
  const rows = readRows(values, from)
  if (!rows.ok) return rows
  // An import of nobody's: a user who comes twice among these rows is noticed, and nobody else has
  // its mark.
  const options = { tenantSid, importSid: createSid('IM'), createAccounts }
  const { verdicts } = await judgeRows(context, rows.value, options)
  // Who would be created has no SID yet.
  return ok(
    verdicts.map((verdict) =>
      verdict.result === 'created' ? { ...verdict, userSid: null } : verdict,
    ),
  )
}

/**
 * Ends an import: its counts are audited, and it takes no more rows. Refuses `not_there`,
 * `forbidden`, `import_position`.
 */
export async function finishImport(
  context: OperationContext,
  sid: string,
): Promise<Result<Import, Problem>> {
  const found = await getImport(context, sid)
  if (!found.ok) return found
  if (!mayImport(context, found.value.tenantSid))
    return problem('forbidden', 'an operator', context.actor.kind)
  if (found.value.finishedAt !== null) return ok(found.value)
  if (!(await endImport(context, found.value)))
    return problem('import_position', 'an import at rest', 'one that has gone on')
  return ok({ ...found.value, finishedAt: context.now, updatedAt: context.now })
}

function mayImport({ actor }: OperationContext, tenantSid: string | null): boolean {
  return may(actor, 'operate', { tenantSid, connectionSid: null })
}

/** Refuses `input`. A row that cannot be read is a row all the same: its verdict says why. */
function readRows(values: readonly unknown[], from: number): Result<ImportRow[], Problem> {
  if (values.length === 0 || values.length > CHUNK_ROWS)
    return problem('input', `1 to ${CHUNK_ROWS} rows`, String(values.length), 'rows')
  return ok(
    values.map((value, index): ImportRow => {
      const row = from + index + 1
      const read = readUserRecord(value)
      return read.ok ? { row, record: read.value } : { row, problem: read.error }
    }),
  )
}

/** Judges rows against what the directory has of them. */
export async function judgeRows(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  rows: readonly ImportRow[],
  options: Omit<JudgeOptions, 'now'>,
): Promise<ImportJudgement & { known: KnownRecords }> {
  const records = rows.flatMap((row) => ('record' in row ? [row.record] : []))
  const withAccounts = records.some(({ accounts }) => accounts !== undefined)
  const known = await findKnown(db, options.tenantSid, {
    emailKeys: records.map(({ emailKey }) => emailKey),
    externalIDs: records.flatMap(({ externalID }) => externalID ?? []),
    accounts: withAccounts
      ? [...new Set(records.flatMap(({ accounts = [] }) => accounts))]
      : undefined,
  })
  return { ...judge(rows, known, { ...options, now }), known }
}
