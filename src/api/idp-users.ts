// Routes that reconcile our users with the IdP's: uploads of its list of users, and aliases.
import * as z from 'zod/mini'
import type { OperationContext } from '../events/operation-context.ts'
import { WORDS } from '../error-words.ts'
import type { FileCode } from '../errors/files.ts'
import { type Problem, problem } from '../problem.ts'
import { BLOCKERS_OF_KNOWN } from '../directory/switch-on.ts'
import { ok, type Result } from '../result.ts'
import {
  listAliases,
  mapAlias,
  readIdpUserList,
  unmapAlias,
  uploadIdpUsers,
} from '../rollout/operations.ts'
import { readAliasPage, renderKey } from './engine/member-cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, number, page, pageQuery, sid } from './engine/schema.ts'

const tag = 'Reconciliation'

const CHUNK = 1000
/** Limit of a CSV: each thousand is a write, and an invocation has a limited number of them. */
const CSV_EMAILS = 20_000
const CSV_BYTES = 4 * 1024 * 1024

const upload = named(
  'IdpUserUpload',
  z.strictObject({
    upload: about(
      z.string(),
      'Identifies the upload; the same in each of its calls. Letters, digits, _ and -.',
      {
        pattern: '^[A-Za-z0-9_-]{1,64}$',
      },
    ),
    emails: about(z.array(z.string()), 'E-mail addresses as the IdP lists them.', {
      maxItems: CHUNK,
    }),
    isLast: about(z.boolean(), 'Ends the upload; addresses that were not in it are removed.'),
  }),
)

const uploaded = named(
  'IdpUsersUploaded',
  z.object({
    done: about(z.boolean(), 'False after the last part: repeat the call without addresses.'),
    taken: about(z.int(), 'Addresses of this call that were added to the list.'),
    listed: about(z.int(), 'Addresses on the list, when done.'),
    problems: z.array(
      z.object({
        index: about(z.int(), 'Of the address, from 0.'),
        code: z.enum(['malformed', 'duplicate']),
        line: z.exactOptional(about(z.int(), 'Of a CSV file: the line, from 1.')),
      }),
    ),
    column: z.exactOptional(
      about(z.string(), 'Of a CSV file: the header of the column that was read, or “Column 2”.'),
    ),
    difference: about(
      z.nullable(z.object({ in: z.int(), out: z.int() })),
      'Of the last part: people on the newest lists of rollouts whom it brings in and puts out.',
    ),
  }),
)

const alias = named(
  'Alias',
  z.object({
    connectionSid: sid('CN', 'the connection'),
    alias: about(z.string(), 'The address that the IdP has for the user.'),
    userSid: sid('US', 'the user'),
    createdBy: z.string(),
    createdAt: instant,
  }),
)

type Csv = { csv: Uint8Array<ArrayBuffer> }

/** A whole file in one request. The same file again is the same upload. */
async function uploadCSV(
  context: OperationContext,
  connectionSid: string,
  { csv }: Csv,
  { excludes, column: asked }: { excludes?: number | undefined; column?: string | undefined },
): Promise<Result<z.infer<typeof uploaded>, Problem>> {
  const read = await readIdpUserList(csv, { column: asked })
  if (!read.ok) return read
  const { addresses: emails, lines, name, column } = read.value
  if (emails.length === 0) return problem('input', 'at least one e-mail address', 'none', 'file')
  if (emails.length > CSV_EMAILS)
    return problem(
      'input',
      `at most ${CSV_EMAILS} addresses; send more as JSON, in parts`,
      `${emails.length}`,
      'file',
    )
  const all: z.infer<typeof uploaded> = {
    done: false,
    taken: 0,
    listed: 0,
    problems: [],
    column,
    difference: null,
  }
  for (let at = 0; !all.done; at += CHUNK) {
    const part = emails.slice(at, at + CHUNK)
    const isLast = at + CHUNK >= emails.length
    const step = await uploadIdpUsers(context, connectionSid, {
      upload: name,
      emails: part,
      isLast,
      excludes,
    })
    if (!step.ok) return step
    const { done: isDone, taken, listed, problems } = step.value
    all.done = isDone
    all.taken += taken
    all.listed = listed
    all.difference = step.value.difference
    for (const { index, code } of problems)
      all.problems.push({ index: at + index, code, line: lines[at + index]! })
  }
  return ok(all)
}

export const IDP_USER_ROUTES = [
  route({
    method: 'POST',
    path: '/connections/{connection}/idp-users',
    operationId: 'uploadIdpUsers',
    summary: 'Upload the IdP’s list of users, to find login e-mails that the IdP does not know',
    description:
      `A CSV file is sent whole, up to ${CSV_EMAILS} addresses, with any headers and separator, ` +
      'or one address per line. The column is found by its cells. Where several have addresses ' +
      'and no header says which one it is, the file is refused: name one of `choices` as ' +
      '`column`. ' +
      `JSON is sent in parts of ${CHUNK}; a part ` +
      'can be sent again. The list replaces the previous one. A list that would exclude more ' +
      'people than `excludes` says is not saved.',
    tag,
    who: 'tenants',
    permission: 'test',
    query: z.strictObject({
      excludes: z.exactOptional(
        number('How many people it may exclude from rollouts; 0 by default. Repeat the number.'),
      ),
      column: z.exactOptional(
        about(z.string(), 'Of a CSV file: the header of the column, or its number from 1.'),
      ),
    }),
    body: upload,
    jsonLimit: 512 * 1024,
    raw: { types: ['text/csv'], limit: CSV_BYTES, read: (csv): Csv => ({ csv }) },
    status: 200,
    answer: uploaded,
    reads: ['people'],
    problems: ['limit_reached', 'idp_list_excludes', ...(Object.keys(WORDS.people) as FileCode[])],
    handle: ({ context, params, query, body }) =>
      'csv' in body
        ? uploadCSV(context, params.connection, body, query)
        : uploadIdpUsers(context, params.connection, { ...body, excludes: query.excludes }),
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/aliases',
    operationId: 'listAliases',
    summary: 'List the aliases of a connection, in alphabetical order',
    tag,
    who: 'tenants',
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'alias list',
      columns: {
        Address: 'alias',
        'Login e-mail': 'email',
        User: 'userSid',
        'Created by': 'createdBy',
        Created: 'createdAt',
      },
    },
    status: 200,
    answer: page(
      'AliasPage',
      z.extend(alias, { email: about(z.string(), 'The login e-mail of the user.') }),
    ),
    async handle({ context, params, query: { limit, after } }) {
      const asked = readAliasPage({ limit, after })
      if (!asked.ok) return asked
      const found = await listAliases(context, params.connection, asked.value)
      if (!found.ok) return found
      const { next } = found.value
      const items = found.value.items.map(({ emailKey, ...row }) => ({ ...row, alias: emailKey }))
      return ok({ items, next: next && renderKey(next) })
    },
  }),
  route({
    method: 'PUT',
    path: '/connections/{connection}/aliases/{alias}',
    operationId: 'mapAlias',
    summary: 'Map an address of the IdP to a user, who then logs in with it',
    description: 'Setup links need the permission “Configure”, as for keys and URLs.',
    tag,
    who: 'tenants',
    permission: 'test',
    body: named(
      'AliasMapping',
      z.strictObject({ user: about(z.string(), 'Login e-mail or SID of the user.') }),
    ),
    cli: { verb: 'alias map', takes: ['alias', 'user'] },
    status: 200,
    answer: alias,
    problems: ['limit_reached', 'already_there', 'waits_for_operator', ...BLOCKERS_OF_KNOWN],
    async handle({ context, params, body }) {
      const input = { email: params.alias, user: body.user }
      const mapped = await mapAlias(context, params.connection, input)
      if (!mapped.ok) return mapped
      const { emailKey, ...row } = mapped.value
      return ok({ ...row, alias: emailKey })
    },
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/aliases/{alias}',
    operationId: 'unmapAlias',
    summary: 'Remove an alias',
    tag,
    who: 'tenants',
    permission: 'test',
    cli: { verb: 'alias unmap', takes: ['alias'] },
    status: 204,
    answer: null,
    problems: ['waits_for_operator'],
    handle: ({ context, params }) => unmapAlias(context, params.connection, params.alias),
  }),
]
