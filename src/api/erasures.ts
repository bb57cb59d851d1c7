// Routes that erase people and delete things, show before what they will do, and list what was
// erased.
import * as z from 'zod/mini'
import { ok, type Result } from '../result.ts'
import type { Problem } from '../problem.ts'
import {
  deleteThing,
  previewDeletion,
  type DeletionPreview,
  type NamedThing,
} from '../privacy/deletions.ts'
import { getErasure, listErasures } from '../privacy/operations.ts'
import { eraseUser, previewUserErasure } from '../privacy/people.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route, type ApiRequest } from './engine/route.ts'
import { about, instant, named, page, pageQuery, sid } from './engine/schema.ts'

const tag = 'Erasure'
const who = 'operators'

const rows = about(z.record(z.string(), z.int()), 'Rows by table; tables without any are left out.')

const erasure = named(
  'Erasure',
  z.object({
    sid: sid('ER', 'the erasure'),
    kind: z.enum(['user', 'tenant', 'connection', 'account', 'client', 'rollout']),
    subjectSid: about(z.string(), 'SID of what is gone.'),
    tenantSid: about(z.nullable(z.string()), 'Its tenant; null: an app.'),
    requestedBy: z.string(),
    removed: rows,
    createdAt: instant,
    finishedAt: about(
      z.nullable(instant),
      'Null: it goes on. A job looks for the rest, and once more five minutes later.',
    ),
  }),
)

const preview = named(
  'ErasurePreview',
  z.object({
    sid: about(z.string(), 'SID of what would go.'),
    confirm: about(z.string(), 'What the request has to repeat: a login e-mail or a name.'),
    rows,
    users: about(z.int(), 'Users of a tenant, or who sign in through a connection.'),
    sso: about(z.int(), 'Those of them who sign in by SSO.'),
    sessions: about(z.int(), 'Open sessions that end.'),
    provisionedBy: about(
      z.array(z.string()),
      'SIDs of connections whose IdP provisions the person and may create them anew.',
    ),
    refusal: about(
      z.nullable(z.string()),
      'The code with which it would be refused now; null: it would not.',
    ),
  }),
)

const confirm = about(z.string(), 'The `confirm` of the preview.', { maxLength: 400 })
const confirmation = named('Confirmation', z.strictObject({ confirm }))
const tenantConfirmation = named(
  'TenantConfirmation',
  z.strictObject({
    confirm,
    withoutExport: z.exactOptional(
      about(z.boolean(), 'True: nobody needs an export of the tenant.'),
    ),
  }),
)

function showPreview(found: Result<DeletionPreview, Problem>) {
  if (!found.ok) return found
  const { sid, name, rows, effects, refusal } = found.value
  const code = refusal?.code ?? null
  return ok({ sid, confirm: name, rows, ...effects, provisionedBy: [], refusal: code })
}

type DeletionCall = ApiRequest<
  string,
  unknown,
  { confirm: string; withoutExport?: boolean | undefined }
>

/** A preview and a deletion of one kind of thing. */
function deletionRoutes<const Path extends string>(of: {
  path: Path
  /** In the operations' names, and in verbs. */
  noun: string
  Noun: string
  /** With its article. */
  thing: string
  description: string
  takes: readonly string[]
  named: (params: Readonly<Record<string, string>>) => NamedThing
}) {
  const { path, noun, Noun, thing, description, takes, named } = of
  return [
    route({
      method: 'GET',
      path: `${path}/deletion`,
      operationId: `preview${Noun}Deletion`,
      summary: `Show what deleting ${thing} would remove`,
      tag,
      who,
      permission: 'delete',
      cli: { verb: `${noun} delete-preview`, takes },
      status: 200,
      answer: preview,
      handle: async ({ context, params }) =>
        showPreview(await previewDeletion(context, named(params))),
    }),
    route({
      method: 'POST',
      path: `${path}/deletion`,
      operationId: `delete${Noun}`,
      summary: `Delete ${thing} for good`,
      description,
      tag,
      who,
      permission: 'delete',
      body: confirmation,
      cli: { verb: `${noun} delete`, takes },
      status: 200,
      answer: erasure,
      problems: ['already_there', 'still_in_use'],
      handle: ({ context, params, body }: DeletionCall) =>
        deleteThing(context, named(params), body),
    }),
  ]
}

export const ERASURE_ROUTES = [
  route({
    method: 'GET',
    path: '/users/{user}/erasure',
    operationId: 'previewUserErasure',
    summary: 'Show what erasing a person would remove',
    tag,
    who,
    permission: 'delete',
    cli: { verb: 'user erase-preview', takes: ['user'] },
    status: 200,
    answer: preview,
    async handle({ context, params }) {
      const found = await previewUserErasure(context, params.user)
      if (!found.ok) return found
      const { user, rows, provisionedBy } = found.value
      const sso = user.signInMethod === 'password' ? 0 : 1
      const sessions = rows['sessions'] ?? 0
      const effects = { users: 1, sso, sessions, provisionedBy, refusal: null }
      return ok({ sid: user.sid, confirm: user.email, rows, ...effects })
    },
  }),
  route({
    method: 'POST',
    path: '/users/{user}/erasure',
    operationId: 'eraseUser',
    summary: 'Erase a person (GDPR Art. 17)',
    description:
      'Sessions end at once and the user is gone. Traces in events, texts and the history of ' +
      'logins follow, in the request or by a job. The IdP or an import may create the person ' +
      'anew: remove them there first.',
    tag,
    who,
    permission: 'delete',
    body: confirmation,
    cli: { verb: 'user erase', takes: ['user'] },
    status: 200,
    answer: erasure,
    problems: ['already_there'],
    handle: ({ context, params, body }) => eraseUser(context, params.user, body),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}/erasure',
    operationId: 'previewTenantErasure',
    summary: 'Show what off-boarding a customer would remove',
    tag,
    who,
    permission: 'delete',
    cli: { verb: 'tenant erase-preview', takes: ['tenant'] },
    status: 200,
    answer: preview,
    handle: async ({ context, params }) =>
      showPreview(await previewDeletion(context, { kind: 'tenant', name: params.tenant })),
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/erasure',
    operationId: 'eraseTenant',
    summary: 'Erase a tenant with all that belongs to it, to off-board a customer',
    description:
      'Nobody signs in from the first moment. A job removes the rest, which may take some ' +
      'minutes. Export the tenant first, or confirm that nobody needs it.',
    tag,
    who,
    permission: 'delete',
    body: tenantConfirmation,
    cli: { verb: 'tenant erase', takes: ['tenant'] },
    status: 200,
    answer: erasure,
    problems: ['already_there', 'export_first'],
    handle: ({ context, params, body }) =>
      deleteThing(context, { kind: 'tenant', name: params.tenant }, body),
  }),
  ...deletionRoutes({
    path: '/connections/{connection}',
    noun: 'connection',
    Noun: 'Connection',
    thing: 'a connection',
    description:
      'It must be a draft or suspended. Users who sign in through it sign in by password.',
    takes: ['connection'],
    named: ({ connection = '' }) => ({ kind: 'connection', name: connection }),
  }),
  ...deletionRoutes({
    path: '/tenants/{tenant}/accounts/{account}',
    noun: 'account',
    Noun: 'Account',
    thing: 'an account',
    description: 'Its members stay, without this account.',
    takes: ['account'],
    named: ({ tenant = '', account = '' }) => ({
      kind: 'account',
      name: account,
      tenantSid: tenant,
    }),
  }),
  ...deletionRoutes({
    path: '/clients/{client}',
    noun: 'client',
    Noun: 'Client',
    thing: 'an app',
    description: 'It must be disabled. Its grants and tokens go with it.',
    takes: ['client'],
    named: ({ client = '' }) => ({ kind: 'client', name: client }),
  }),
  ...deletionRoutes({
    path: '/rollouts/{rollout}',
    noun: 'rollout',
    Noun: 'Rollout',
    thing: 'a rollout or a move',
    description: 'It must never have been enabled, or be rolled back. Its lists go with it.',
    takes: ['rollout'],
    named: ({ rollout = '' }) => ({ kind: 'rollout', name: rollout }),
  }),
  route({
    method: 'GET',
    path: '/erasures',
    operationId: 'listErasures',
    summary: 'List what was erased and deleted, newest first',
    tag,
    who,
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'erasure list',
      columns: {
        SID: 'sid',
        Kind: 'kind',
        Of: 'subjectSid',
        By: 'requestedBy',
        Began: 'createdAt',
        Finished: 'finishedAt',
      },
    },
    status: 200,
    answer: page('ErasurePage', erasure),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listErasures(context, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'GET',
    path: '/erasures/{erasure}',
    operationId: 'getErasure',
    summary: 'Get the record of an erasure',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'erasure show', takes: ['erasure'] },
    status: 200,
    answer: erasure,
    handle: ({ context, params }) => getErasure(context, params.erasure),
  }),
]
