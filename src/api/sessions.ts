// Routes of sessions: list and end them.
import * as z from 'zod/mini'
import { getUser } from '../directory/operations.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import {
  SESSION_ENDS,
  getSession,
  listSessions,
  revokeSession,
  revokeSessions,
  type SessionsOf,
} from '../sessions/operations.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route, type ApiRequest } from './engine/route.ts'
import {
  about,
  flag,
  instant,
  named,
  page,
  PAGE_QUERY,
  sid,
  type PageQuery,
} from './engine/schema.ts'

const tag = 'Sessions'
const who = 'tenants'

const session = named(
  'Session',
  z.object({
    sid: sid('SE', 'the session: the `sid` of its tokens'),
    userSid: sid('US', 'the user'),
    email: about(z.string(), 'The user’s login e-mail.'),
    connectionSid: sid('CN', 'the connection'),
    tenantSid: sid('TN', 'the tenant'),
    state: about(
      z.enum(['open', 'idle', 'expired', 'ended']),
      '`idle`: not used for too long. `expired`: reached its maximum age. `ended`: see ' +
        '`endedBecause`.',
    ),
    createdAt: instant,
    lastSeenAt: about(instant, 'When it was last used, accurate to a minute.'),
    expiresAt: about(instant, 'When it expires at the latest.'),
    endedAt: z.nullable(instant),
    endedBecause: z.nullable(z.enum(SESSION_ENDS)),
  }),
)
const sessions = page('SessionPage', session)
const ended = named(
  'SessionsEnded',
  z.object({
    ended: about(
      z.int(),
      'The number of sessions that ended, those of apps that outlived ours included.',
    ),
  }),
)
const query = z.strictObject({
  ...PAGE_QUERY,
  open: flag('True: only open sessions.'),
})

const TOLD =
  'Idle and expired sessions end too, because an app may keep its own session for longer. The ' +
  'tokens that apps got in these sessions stop working, and the apps get logout tokens.'

type SessionsRequest = Pick<ApiRequest, 'context' | 'config'> & {
  query: PageQuery & { open?: boolean }
}

async function list({ context, config, query }: SessionsRequest, of: SessionsOf) {
  const asked = readPage(query)
  if (!asked.ok) return asked
  const found = await listSessions(context, of, asked.value, config.session, query.open)
  return found.ok ? ok(answerPage(found.value)) : found
}

async function ofUser(
  call: Pick<ApiRequest, 'context'>,
  name: string,
): Promise<Result<SessionsOf, Problem>> {
  const user = await getUser(call.context, name)
  return user.ok ? ok({ userSid: user.value.sid }) : user
}

const SESSION_COLUMNS = {
  SID: 'sid',
  User: 'email',
  Connection: 'connectionSid',
  State: 'endedBecause|state',
  Begun: 'createdAt',
  'Last used': 'lastSeenAt',
  Ends: 'endedAt|expiresAt',
} as const

export const SESSION_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/sessions',
    operationId: 'listSessionsOfTenant',
    summary: 'List the sessions of a tenant, newest first',
    tag,
    who,
    permission: 'view',
    query,
    cli: {
      verb: 'session list',
      about: 'list the sessions of a user, a connection or a tenant, newest first',
      columns: SESSION_COLUMNS,
    },
    status: 200,
    answer: sessions,
    handle: (call) => list(call, { tenantSid: call.params.tenant }),
  }),
  route({
    method: 'DELETE',
    path: '/tenants/{tenant}/sessions',
    operationId: 'revokeSessionsOfTenant',
    summary: 'End all sessions of a tenant',
    description: TOLD,
    tag,
    who,
    permission: 'configure',
    cli: { verb: 'session revoke' },
    status: 200,
    answer: ended,
    handle: ({ context, params }) => revokeSessions(context, { tenantSid: params.tenant }),
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/sessions',
    operationId: 'listSessionsOfConnection',
    summary: 'List the sessions of a connection, newest first',
    tag,
    who,
    permission: 'view',
    query,
    cli: { verb: 'session list' },
    status: 200,
    answer: sessions,
    handle: (call) => list(call, { connectionSid: call.params.connection }),
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/sessions',
    operationId: 'revokeSessionsOfConnection',
    summary: 'End all sessions of a connection',
    description: TOLD,
    tag,
    who,
    permission: 'configure',
    cli: { verb: 'session revoke' },
    status: 200,
    answer: ended,
    handle: ({ context, params }) => revokeSessions(context, { connectionSid: params.connection }),
  }),
  route({
    method: 'GET',
    path: '/users/{user}/sessions',
    operationId: 'listSessionsOfUser',
    summary: 'List the sessions of a user, newest first',
    tag,
    who,
    permission: 'view',
    query,
    cli: { verb: 'session list' },
    status: 200,
    answer: sessions,
    async handle(call) {
      const of = await ofUser(call, call.params.user)
      return of.ok ? list(call, of.value) : of
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/{user}/sessions',
    operationId: 'revokeSessionsOfUser',
    summary: 'End all sessions of a user',
    description: TOLD,
    tag,
    who,
    permission: 'configure',
    cli: { verb: 'session revoke' },
    status: 200,
    answer: ended,
    async handle(call) {
      const of = await ofUser(call, call.params.user)
      return of.ok ? revokeSessions(call.context, of.value) : of
    },
  }),
  route({
    method: 'GET',
    path: '/sessions/{session}',
    operationId: 'getSession',
    summary: 'Get a session',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'session show', takes: ['session'] },
    status: 200,
    answer: session,
    handle: ({ context, config, params }) => getSession(context, params.session, config.session),
  }),
  route({
    method: 'DELETE',
    path: '/sessions/{session}',
    operationId: 'revokeSession',
    summary: 'End a session',
    description: 'The tokens that apps got in it stop working, and the apps get logout tokens.',
    tag,
    who,
    permission: 'configure',
    cli: {
      verb: 'session revoke',
      about: 'end a session, or all sessions of a user, a connection or a tenant',
      takes: ['session'],
    },
    status: 200,
    answer: session,
    handle: ({ context, config, params }) => revokeSession(context, params.session, config.session),
  }),
]
