// Routes by which the vendor's own system keeps users in step: one record, an edit, a file in chunks.
import * as z from 'zod/mini'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import {
  CHUNK_ROWS,
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
import { about, flag, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'
import { user, vendorID } from './users.ts'

const tag = 'Imports'
const count = z.int()
const text = z.nullable(z.string())

const RECORD = {
  email: about(z.string(), 'One plain address in ASCII.', { examples: ['ann@example.com'] }),
  firstName: z.exactOptional(text),
  lastName: z.exactOptional(text),
  externalID: z.exactOptional(about(z.nullable(vendorID), 'The vendor’s own id.')),
  accounts: z.exactOptional(
    about(
      z.nullable(z.array(vendorID)),
      'External ids or SIDs of all accounts of the tenant that the user belongs to.',
    ),
  ),
  suspended: z.exactOptional(z.nullable(z.boolean())),
}

const record = named('UserRecord', z.strictObject(RECORD))

const edit = named(
  'UserEdit',
  z.strictObject({
    email: z.exactOptional(
      about(z.string(), 'The login e-mail: what the IdP has to send from then on.'),
    ),
    firstName: RECORD.firstName,
    lastName: RECORD.lastName,
    externalID: z.exactOptional(z.nullable(vendorID)),
    suspended: z.exactOptional(
      about(z.boolean(), 'A suspended user signs in nowhere; sessions stop counting.'),
    ),
  }),
)

const result = about(z.enum(['created', 'updated', 'unchanged']), 'What the record has come to.')

const directoryImport = named(
  'Import',
  z.object({
    sid: sid('IM', 'the import'),
    tenantSid: sid('TN', 'the tenant'),
    name: about(z.string(), 'A file’s name.'),
    digest: about(text, 'SHA-256 of the file, in hexadecimal.'),
    position: about(count, 'Rows taken so far: the next chunk begins there.'),
    created: count,
    updated: count,
    unchanged: count,
    refused: count,
    createdBy: z.string(),
    createdAt: instant,
    updatedAt: instant,
    finishedAt: z.nullable(instant),
  }),
)

const verdict = named(
  'RowVerdict',
  z.object({
    row: about(count, 'From 1, without a header.'),
    result: z.enum(['created', 'updated', 'unchanged', 'refused']),
    userSid: z.nullable(sid('US', 'the user')),
    code: z.exactOptional(about(z.string(), 'Why it is refused.')),
    field: z.exactOptional(z.string()),
    expected: z.exactOptional(z.string()),
    received: z.exactOptional(z.string()),
  }),
)

const rows = named(
  'UserRows',
  z.strictObject({
    rows: about(
      // A row that does not fit is refused by itself, and the others are taken.
      z.array(z.unknown()),
      `1 to ${CHUNK_ROWS} records, each as in UserRecord.`,
      { minItems: 1, maxItems: CHUNK_ROWS },
    ),
  }),
)

const LIMIT = 1024 * 1024
const from = about(
  z.pipe(
    z.transform((value) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value)),
    z.int().check(z.minimum(0)),
  ),
  'Rows before these: the import’s position.',
)
const createAccounts = flag('Make accounts that are not there, with their external id for a name.')

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
    summary: 'Create or update the user of a record',
    description:
      'Found by external id, else by login e-mail. Fields that the record does not have stay as they are. How the user signs in is not changed.',
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
      digest: z.exactOptional(about(z.string(), 'SHA-256 of a file: its imports alone.')),
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
        name: about(z.string(), 'A file’s name.', { minLength: 1, maxLength: 200 }),
        digest: z.exactOptional(
          about(z.string(), 'SHA-256 of the file: it is imported once at a time.', {
            pattern: '^[0-9a-f]{64}$',
          }),
        ),
      }),
    ),
    status: 201,
    answer: directoryImport,
    problems: ['already_there'],
    location: (made) => `/imports/${made.sid}`,
    again: ({ context }, sid) => getImport(context, sid),
    handle: ({ context, params, body }) => createImport(context, params.tenant, body),
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/import-preview',
    operationId: 'previewRows',
    summary: 'Say what an import would do with rows, as the directory is now',
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
    summary: 'Get an import: where it is, and what it has done',
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
    summary: 'Give an import its next rows',
    description:
      'All or nothing, and once: rows that the import has had are refused. A row that does not fit is refused by itself. CSV has its header row each time.',
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
        position: about(count, 'Where the next rows begin.'),
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
    summary: 'End an import: its counts go to the audit trail, and it takes no more rows',
    tag,
    who: 'operators',
    status: 200,
    answer: directoryImport,
    problems: ['import_position'],
    handle: ({ context, params }) => finishImport(context, params.import),
  }),
]
