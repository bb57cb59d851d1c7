// Routes of clients: the vendor's apps that sign users in through us by OpenID Connect.
import * as z from 'zod/mini'
import { issuerSide, type ClientView } from '../clients/client.ts'
import { CLIENT_FIELDS, type ClientFields } from '../clients/fields.ts'
import {
  createClient,
  editClient,
  getClient,
  KEEP_PREVIOUS_HOURS,
  listClients,
  rotateClientSecret,
} from '../clients/operations.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { optional, schemasOf } from './engine/field-schema.ts'
import { route, type ApiRequest } from './engine/route.ts'
import { about, instant, named, page, pageQuery, sid } from './engine/schema.ts'

const tag = 'Clients'
const who = 'operators'
const FIELD_PROBLEMS = ['endpoint_url', 'endpoint_private'] as const

const fields = schemasOf<ClientFields>(CLIENT_FIELDS)

const shape = {
  sid: sid('CL', 'the client: its `client_id`'),
  ...fields,
  issuer: about(z.string(), 'Our issuer, as in ID tokens.'),
  discoveryURL: about(z.string(), 'The URL of the discovery document.'),
  previousSecretUntil: about(z.nullable(instant), 'Until when the previous secret is valid.'),
  unprotectedCodeAt: about(
    z.nullable(instant),
    'When the app last exchanged a code that neither PKCE nor a nonce protected, to within a day.',
  ),
  disabledAt: z.nullable(instant),
  createdAt: instant,
  updatedAt: instant,
}
const client = named('Client', z.object(shape))

const withSecret = named(
  'ClientWithSecret',
  z.object({
    ...shape,
    secret: about(
      z.nullable(z.string()),
      'The `client_secret`. Shown once: null in later answers, and for public clients.',
    ),
  }),
)

const { name, redirectURIs } = fields
const creation = named(
  'ClientCreation',
  z.strictObject({ ...optional(fields), name, redirectURIs }),
)
const edit = named(
  'ClientEdit',
  z.strictObject({
    ...optional(fields),
    disabled: z.exactOptional(
      about(z.boolean(), 'Users cannot sign in to a disabled app, and its tokens are not valid.'),
    ),
  }),
)

function show({ config }: ApiRequest, view: ClientView) {
  return { ...view, ...issuerSide(config.origin) }
}

function showFound(call: ApiRequest, found: Result<ClientView, Problem>) {
  return found.ok ? ok(show(call, found.value)) : found
}

function showSecret(
  call: ApiRequest,
  made: Result<{ client: ClientView; secret: string | null }, Problem>,
) {
  return made.ok ? ok({ ...show(call, made.value.client), secret: made.value.secret }) : made
}

const CLIENT_FLAGS = {
  clientType: { name: 'type', value: 'TYPE' },
  idTokenSignedResponseAlg: { name: 'id-token-alg', value: 'ALG' },
  postLogoutRedirectURIs: { name: 'post-logout-uri' },
} as const

export const CLIENT_ROUTES = [
  route({
    method: 'GET',
    path: '/clients',
    operationId: 'listClients',
    summary: 'List the apps, including disabled ones',
    tag,
    who,
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'client list',
      columns: {
        SID: 'sid',
        Name: 'name',
        Type: 'clientType',
        Default: 'isDefault',
        Created: 'createdAt',
        Disabled: 'disabledAt',
      },
    },
    status: 200,
    answer: page('ClientPage', client),
    async handle(call) {
      const asked = readPage(call.query)
      if (!asked.ok) return asked
      const found = await listClients(call.context, asked.value)
      if (!found.ok) return found
      const { items, next } = answerPage(found.value)
      return ok({ items: items.map((one) => show(call, one)), next })
    },
  }),
  route({
    method: 'POST',
    path: '/clients',
    operationId: 'createClient',
    summary: 'Register an app; its secret is shown once',
    tag,
    who,
    permission: 'keys',
    body: creation,
    cli: { verb: 'client create', flags: CLIENT_FLAGS },
    status: 201,
    answer: withSecret,
    problems: FIELD_PROBLEMS,
    tagged: (answer) => answer,
    location: ({ sid }) => `/clients/${sid}`,
    async again(call, sid) {
      const found = await getClient(call.context, sid)
      return found.ok ? ok({ ...show(call, found.value), secret: null }) : found
    },
    handle: async (call) => showSecret(call, await createClient(call.context, call.body)),
  }),
  route({
    method: 'GET',
    path: '/clients/{client}',
    operationId: 'getClient',
    summary: 'Get an app, without its secret',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'client show', takes: ['client'] },
    status: 200,
    answer: client,
    tagged: (answer) => answer,
    handle: async (call) => showFound(call, await getClient(call.context, call.params.client)),
  }),
  route({
    method: 'PATCH',
    path: '/clients/{client}',
    operationId: 'editClient',
    summary: 'Edit, disable or enable an app; a list is replaced as a whole',
    tag,
    who,
    permission: 'keys',
    body: edit,
    cli: [
      {
        verb: 'client edit',
        takes: ['client'],
        flags: { ...CLIENT_FLAGS, disabled: { name: 'disable', off: 'enable' } },
      },
      {
        verb: 'client disable',
        about: 'disable an app: users cannot sign in to it, and its tokens stop working',
        takes: ['client'],
        always: { disabled: true },
      },
      {
        verb: 'client enable',
        about: 'enable a disabled app again',
        takes: ['client'],
        always: { disabled: false },
      },
    ],
    status: 200,
    answer: client,
    problems: FIELD_PROBLEMS,
    ifMatch: true,
    tagged: (answer) => answer,
    handle: async (call) => {
      const { context, params, body, ifVersion } = call
      return showFound(call, await editClient(context, params.client, body, ifVersion))
    },
  }),
  route({
    method: 'POST',
    path: '/clients/{client}/secret',
    operationId: 'rotateClientSecret',
    summary: 'Create a new secret for an app, which is shown once',
    tag,
    who,
    permission: 'keys',
    body: named(
      'ClientSecretRotation',
      z.strictObject({
        keepPreviousHours: about(
          z.int(),
          'How long the previous secret stays valid. 0: it stops working now.',
          { minimum: 0, maximum: KEEP_PREVIOUS_HOURS },
        ),
      }),
    ),
    cli: {
      verb: 'client rotate-secret',
      takes: ['client'],
      flags: { keepPreviousHours: { name: 'keep', otherwise: { text: '24h' } } },
    },
    status: 200,
    answer: withSecret,
    problems: ['revision_changed'],
    handle: async (call) =>
      showSecret(call, await rotateClientSecret(call.context, call.params.client, call.body)),
  }),
]
