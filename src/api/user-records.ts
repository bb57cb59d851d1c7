// Routes that keep users in step with the vendor's system: a record, an edit, a file in chunks.
import * as z from 'zod/mini'
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
import { createRowReader, formatOf } from '../directory/import/read-rows.ts'
import { editUser, putUser } from '../directory/user-operations.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, named, page, PAGE_QUERY } from './engine/schema.ts'
import {
  createAccounts,
  directoryImport,
  edit,
  from,
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
  read: (bytes: Uint8Array<ArrayBuffer>) => createRowReader(formatOf(bytes))(bytes, true),
}

type SentRows = { rows: unknown[] } | Result<unknown[], Problem>

function rowsOf(body: SentRows): Result<unknown[], Problem> {
  return 'rows' in body ? ok(body.rows) : body
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
    body: edit,
    cli: {
      verb: 'user edit',
      takes: ['user'],
      flags: { suspended: { name: 'suspend', off: 'reactivate' } },
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
    method: 'POST',
    path: '/tenants/{tenant}/import-preview',
    operationId: 'previewRows',
    summary: 'Preview what an import would do with rows',
    tag,
    who: 'operators',
    query: z.strictObject({ from: z.exactOptional(from), createAccounts }),
    body: rows,
    raw,
    jsonLimit: LIMIT,
    status: 200,
    answer: named('ImportPreview', z.object({ rows: z.array(verdict) })),
    async handle({ context, params, query, body }) {
      const read = rowsOf(body)
      if (!read.ok) return read
      const found = await previewRows(context, params.tenant, read.value, query)
      return found.ok ? ok({ rows: found.value.map(show) }) : found
    },
  }),
  route({
    method: 'GET',
    path: '/imports/{import}',
    operationId: 'getImport',
    summary: 'Get an import: its position and its results',
    tag,
    who: 'tenants',
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
      'chunk has the header row. If the request fails, none of its rows is imported.',
    tag,
    who: 'operators',
    query: z.strictObject({ from, createAccounts }),
    body: rows,
    raw,
    jsonLimit: LIMIT,
    status: 200,
    answer: named(
      'TakenRows',
      z.object({
        position: about(z.int(), 'Where the next rows begin.'),
        rows: z.array(verdict),
      }),
    ),
    problems: ['import_position'],
    async handle({ context, params, query, body }) {
      const read = rowsOf(body)
      if (!read.ok) return read
      const taken = await takeRows(context, params.import, query.from, read.value, query)
      if (!taken.ok) return taken
      return ok({ position: taken.value.position, rows: taken.value.verdicts.map(show) })
    },
  }),
  route({
    method: 'POST',
    path: '/imports/{import}/end',
    operationId: 'finishImport',
    summary: 'End an import and record its counts in the audit trail',
    tag,
    who: 'operators',
    status: 200,
    answer: directoryImport,
    problems: ['import_position'],
    handle: ({ context, params }) => finishImport(context, params.import),
  }),
]
