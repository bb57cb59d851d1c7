// Routes of connections: fields, state, reachability.
import * as z from 'zod/mini'
import {
  changeState,
  checkConnection,
  createConnection,
  editConnection,
  getConnection,
  listConnections,
} from '../connections/operations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { ok } from '../result.ts'
import {
  CHANGE_QUERY,
  connection,
  connectionChange,
  connectionCreation,
  connectionEdit,
  connectionPage,
  reachability,
  stateChange,
} from './connection-schema.ts'
import { editOptions, showChange, showFound } from './connection-view.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { ownTenant } from './events.ts'
import { route } from './engine/route.ts'
import { list, pageQuery, type PageQuery } from './engine/schema.ts'

const tag = 'Connections'
const FIELD_PROBLEMS = ['identifier', 'endpoint_url'] as const

async function listed(context: OperationContext, tenantSid: string | undefined, query: PageQuery) {
  const asked = readPage(query)
  if (!asked.ok) return asked
  const found = await listConnections(context, tenantSid, asked.value)
  return found.ok ? ok(answerPage(found.value)) : found
}

const CONNECTION_COLUMNS = {
  SID: 'sid',
  Tenant: 'tenantName|tenantSid',
  Name: 'name',
  State: 'state',
  'Last login': 'lastLoginAt',
  'Certificates until': 'certificatesExpireAt',
  Quarantined: 'quarantined',
} as const

export const CONNECTION_ROUTES = [
  route({
    method: 'GET',
    path: '/connections',
    operationId: 'listConnections',
    summary: 'List connections of all tenants',
    description: 'A tenant’s key gets the connections of its tenant.',
    tag,
    who: 'tenants',
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'connection list',
      about: 'list connections, of one tenant or of all',
      columns: CONNECTION_COLUMNS,
    },
    status: 200,
    answer: connectionPage,
    handle: ({ context, query }) => listed(context, ownTenant(context, undefined), query),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}/connections',
    operationId: 'listConnectionsOfTenant',
    summary: 'List the connections of a tenant',
    tag,
    who: 'tenants',
    permission: 'view',
    query: pageQuery,
    cli: { verb: 'connection list' },
    status: 200,
    answer: connectionPage,
    handle: ({ context, params, query }) => listed(context, params.tenant, query),
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/connections',
    operationId: 'createConnection',
    summary: 'Create a connection as a draft',
    tag,
    who: 'tenants',
    permission: 'configure',
    body: connectionCreation,
    cli: { verb: 'connection create', set: true },
    status: 201,
    answer: connection,
    problems: ['limit_reached', 'plan_required', ...FIELD_PROBLEMS],
    tagged: (answer) => answer,
    location: ({ sid }) => `/connections/${sid}`,
    again: async (call, sid) => showFound(call, await getConnection(call.context, sid)),
    handle: async (call) =>
      showFound(call, await createConnection(call.context, call.params.tenant, call.body)),
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}',
    operationId: 'getConnection',
    summary: 'Get a connection: its fields, our side, and the terms of its IdP',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'connection show', takes: ['connection'] },
    status: 200,
    answer: connection,
    tagged: (answer) => answer,
    handle: async (call) =>
      showFound(call, await getConnection(call.context, call.params.connection)),
  }),
  route({
    method: 'PATCH',
    path: '/connections/{connection}',
    operationId: 'editConnection',
    summary: 'Edit the fields of a connection',
    description:
      'A change to what logins trust raises the revision. A change to the IdP’s identifier or ' +
      'URLs returns a tested connection to testing. A change that could cut off people who may ' +
      'sign in by SSO only is refused without their number.',
    tag,
    who: 'tenants',
    permission: 'configure',
    query: z.strictObject(CHANGE_QUERY),
    body: connectionEdit,
    cli: { verb: 'connection edit', takes: ['connection'], set: true },
    status: 200,
    answer: connectionChange,
    problems: [...FIELD_PROBLEMS, 'edit_cuts_off', 'limit_reached'],
    ifMatch: true,
    tagged: (answer) => answer.connection,
    handle: async (call) => {
      const { context, params, body } = call
      const edited = await editConnection(
        context,
        params.connection,
        { fields: body },
        editOptions(call),
      )
      return showChange(call, params.connection, edited)
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/state',
    operationId: 'changeState',
    summary: 'Change the state of a connection',
    description: 'Tenants’ keys can use `begin_testing` and `withdraw`.',
    tag,
    who: 'tenants',
    permission: 'test',
    body: stateChange,
    cli: {
      verb: 'connection move',
      takes: ['connection', 'event'],
      flags: { event: { value: 'EVENT' } },
    },
    status: 200,
    answer: connection,
    problems: ['limit_reached', 'lifecycle', 'plan_required', 'revision_changed'],
    tagged: (answer) => answer,
    handle: async (call) => {
      const { context, params, body } = call
      return showFound(call, await changeState(context, params.connection, body.event))
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/reachability',
    operationId: 'checkConnection',
    summary: 'Check now whether the URLs of a connection can be reached from the Internet',
    tag,
    who: 'tenants',
    permission: 'configure',
    status: 200,
    answer: list('ReachabilityList', reachability),
    handle: async ({ context, params }) => {
      const checked = await checkConnection(context, params.connection)
      return checked.ok ? ok({ items: checked.value }) : checked
    },
  }),
]
