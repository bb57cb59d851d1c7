// Routes that keep users in step with the vendor's system: a record, an edit, a file in chunks.
import * as z from 'zod/mini'
import { WORDS } from '../error-words.ts'
import type { FileCode } from '../errors/files.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import {
  createImport,
  finishImport,
  getImport,
  listImports,
  previewRows,
  takeRows,
} from '../directory/import/operations.ts'
import type { RowVerdict } from '../directory/import/judge.ts'
import { describeColumns, readNamedColumns } from '../directory/import/columns.ts'
import { renderTemplate } from '../directory/import/csv-files.ts'
import { createRowReader, formatOf } from '../directory/import/read-rows.ts'
import { editUser, putUser } from '../directory/user-operations.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, lines, named, page, PAGE_QUERY } from './engine/schema.ts'
import {
  columns,
  createAccounts,
  directoryImport,
  edit,
  from,
  namedColumns,
  record,
  result,
  rows,
  verdict,
} from './user-record-schema.ts'
import { user } from './users.ts'

const tag = 'Imports'
const LIMIT = 1024 * 1024

/** CSV with its header row, or NDJSON. */
const raw = {
  types: ['text/csv', 'application/x-ndjson'],
  limit: LIMIT,
  read: (file: Uint8Array<ArrayBuffer>) => ({ file }),
}

type Columns = ReturnType<typeof describeColumns>
type SentRows = { rows: unknown[] } | { file: Uint8Array<ArrayBuffer> }

/** `isPart`: other calls bring more of the same file. */
function rowsOf(
  body: SentRows,
  { columns = '', isPart }: { columns: string | undefined; isPart: boolean },
): Result<{ rows: unknown[]; columns?: Columns }, Problem> {
  const named = readNamedColumns(columns)
  if (!named.ok) return named
  if ('rows' in body) return ok(body)
  const reader = createRowReader(formatOf(body.file), { named: named.value, isPart })
  const read = reader.push(body.file, true)
  if (!read.ok) return read
  const found = reader.columns()
  return ok({ rows: read.value, ...(found && { columns: describeColumns(found) }) })
}

/** How a file may be refused. */
const FILE_PROBLEMS = Object.keys(WORDS.people) as FileCode[]

async function* templateLines(): AsyncGenerator<string> {
  yield renderTemplate()
}

function show({ problem, ...row }: RowVerdict): Omit<RowVerdict, 'problem'> & Partial<Problem> {
  if (!problem) return row
  const { code, field, expected, received } = problem
  return { ...row, code, ...(field !== undefined && { field }), expected, received }
}

export const USER_RECORD_ROUTES = [
  route({
    method: 'PUT',
    path: '/tenants/{tenant}/users',
    operationId: 'putUser',
    summary: 'Create a user, or update the one with the same external ID or e-mail',
    description:
      'The external ID is looked up first, then the e-mail. Absent fields keep their values. ' +
      'The sign-in method does not change.',
    tag: 'Users',
    who: 'operators',
    permission: 'operate',
    body: record,
    cli: {
      verb: 'user put',
      takes: ['email'],
      flags: { suspended: { name: 'suspend', off: 'reactivate' } },
    },
    status: 200,
    answer: named('PutUser', z.object({ result, user })),
    problems: ['already_there'],
    handle: ({ context, params, body }) => putUser(context, params.tenant, body),
  }),
  route({
    method: 'PATCH',
    path: '/users/{user}',
    operationId: 'editUser',
    summary: 'Edit, suspend or reactivate a user',
    tag: 'Users',
    who: 'operators',
    permission: 'operate',
    body: edit,
    cli: {
      verb: 'user edit',
      takes: ['user'],
      flags: {
        suspended: { name: 'suspend', off: 'reactivate' },
        hasPassword: { name: 'has-password', off: 'no-password' },
      },
    },
    status: 200,
    answer: user,
    problems: ['already_there'],
    handle: ({ context, params, body }) => editUser(context, params.user, body),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}/imports',
    operationId: 'listImports',
    summary: 'List the imports of a tenant',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      digest: z.exactOptional(about(z.string(), 'SHA-256 of a file: only its imports.')),
    }),
    cli: {
      verb: 'import list',
      columns: {
        SID: 'sid',
        File: 'name',
        Rows: 'position',
        Created: 'created',
        Updated: 'updated',
        Unchanged: 'unchanged',
        Refused: 'refused',
        Began: 'createdAt',
        Ended: 'finishedAt',
      },
    },
    status: 200,
    answer: page('ImportPage', directoryImport),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listImports(context, params.tenant, asked.value, query.digest)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/imports',
    operationId: 'createImport',
    summary: 'Begin an import of users',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'ImportCreation',
      z.strictObject({
        name: about(z.string(), 'Name of the file.', { minLength: 1, maxLength: 200 }),
        digest: z.exactOptional(
          about(z.string(), 'SHA-256 of the file. A file can have one unfinished import.', {
            pattern: '^[0-9a-f]{64}$',
          }),
        ),
      }),
    ),
    status: 201,
    answer: directoryImport,
    problems: ['limit_reached', 'already_there'],
    location: (made) => `/imports/${made.sid}`,
    again: ({ context }, sid) => getImport(context, sid),
    handle: ({ context, params, body }) => createImport(context, params.tenant, body),
  }),
  route({
    method: 'GET',
    path: '/import-template.csv',
    operationId: 'downloadImportTemplate',
    summary: 'Download a CSV file with the columns of an import, to fill in',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'import template' },
    status: 200,
    answer: lines,
    type: 'text/csv',
    handle: async () => ok(templateLines()),
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/import-preview',
    operationId: 'previewRows',
    summary: 'Preview what an import would do with rows',
    tag,
    who: 'operators',
    permission: 'operate',
    query: z.strictObject({ from: z.exactOptional(from), createAccounts, columns: namedColumns }),
    body: rows,
    raw,
    jsonLimit: LIMIT,
    status: 200,
    answer: named('ImportPreview', z.object({ rows: z.array(verdict), columns })),
    reads: ['people'],
    problems: FILE_PROBLEMS,
    async handle({ context, params, query, body }) {
      const read = rowsOf(body, { columns: query.columns, isPart: false })
      if (!read.ok) return read
      const { rows: sent, ...described } = read.value
      const found = await previewRows(context, params.tenant, sent, query)
      return found.ok ? ok({ rows: found.value.map(show), ...described }) : found
    },
  }),
  route({
    method: 'GET',
    path: '/imports/{import}',
    operationId: 'getImport',
    summary: 'Get an import: its position and its results',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'import show', takes: ['import'] },
    status: 200,
    answer: directoryImport,
    handle: ({ context, params }) => getImport(context, params.import),
  }),
  route({
    method: 'POST',
    path: '/imports/{import}/rows',
    operationId: 'takeRows',
    summary: 'Import the next rows',
    description:
      'Rows that were already imported are refused. A malformed row is refused alone. Each CSV ' +
      'chunk has the header row. Unless the header has `email`, name that column in `columns`, ' +
      'so that each chunk is read alike: the preview says which one it finds. If the request ' +
      'fails, none of its rows is imported.',
    tag,
    who: 'operators',
    permission: 'operate',
    query: z.strictObject({ from, createAccounts, columns: namedColumns }),
    body: rows,
    raw,
    jsonLimit: LIMIT,
    status: 200,
    answer: named(
      'TakenRows',
      z.object({
        position: about(z.int(), 'Where the next rows begin.'),
        rows: z.array(verdict),
        columns,
      }),
    ),
    reads: ['people'],
    problems: ['import_position', ...FILE_PROBLEMS],
    async handle({ context, params, query, body }) {
      const read = rowsOf(body, { columns: query.columns, isPart: true })
      if (!read.ok) return read
      const { rows: sent, ...described } = read.value
      const taken = await takeRows(context, params.import, query.from, sent, query)
      if (!taken.ok) return taken
      const { position, verdicts } = taken.value
      return ok({ position, rows: verdicts.map(show), ...described })
    },
  }),
  route({
    method: 'POST',
    path: '/imports/{import}/end',
    operationId: 'finishImport',
    summary: 'End an import and record its counts in the audit trail',
    tag,
    who: 'operators',
    permission: 'operate',
    status: 200,
    answer: directoryImport,
    problems: ['import_position'],
    handle: ({ context, params }) => finishImport(context, params.import),
  }),
]
