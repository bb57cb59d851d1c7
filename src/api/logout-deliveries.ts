// Routes of logout deliveries: the logout tokens that apps received, or could not receive.
import * as z from 'zod/mini'
import { ok } from '../result.ts'
import {
  DELIVERY_STATES,
  getLogoutDelivery,
  listLogoutDeliveries,
  retryLogoutDelivery,
} from '../oidc/back-channel/operations.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const tag = 'Clients'
const who = 'operators'

const state = about(
  z.enum(DELIVERY_STATES),
  '`due`: to be sent or retried. `dead`: given up after a day and a half. `sent`: accepted by ' +
    'the app.',
)

const delivery = named(
  'LogoutDelivery',
  z.object({
    sid: sid('LD', 'the delivery'),
    clientSid: sid('CL', 'the client'),
    sessionSid: about(
      z.nullable(sid('SE', 'the session that has ended')),
      'Null: our session was gone, and the token has `sub` alone.',
    ),
    userSid: sid('US', 'the user'),
    state,
    tries: z.int(),
    dueAt: about(z.nullable(instant), 'When it is sent next.'),
    failure: about(z.nullable(z.string()), 'Why the last try failed.'),
    sentAt: z.nullable(instant),
    deadAt: z.nullable(instant),
    createdAt: instant,
  }),
)

export const LOGOUT_DELIVERY_ROUTES = [
  route({
    method: 'GET',
    path: '/logout-deliveries',
    operationId: 'listLogoutDeliveries',
    summary: 'List the logout tokens for apps, newest first',
    description: 'Sent ones of a day, and those that failed for good (`state=dead`) of seven days.',
    tag,
    who,
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      client: z.exactOptional(sid('CL', 'a client: only its deliveries')),
      state: z.exactOptional(state),
    }),
    cli: {
      verb: 'logout-delivery list',
      columns: {
        SID: 'sid',
        Client: 'clientSid',
        Session: 'sessionSid',
        State: 'state',
        Tries: 'tries',
        Next: 'dueAt',
        Failure: 'failure',
      },
    },
    status: 200,
    answer: page('LogoutDeliveryPage', delivery),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const filter = { clientSid: query.client, state: query.state }
      const found = await listLogoutDeliveries(context, filter, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'GET',
    path: '/logout-deliveries/{delivery}',
    operationId: 'getLogoutDelivery',
    summary: 'Get a logout delivery',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'logout-delivery show', takes: ['delivery'] },
    status: 200,
    answer: delivery,
    handle: ({ context, params }) => getLogoutDelivery(context, params.delivery),
  }),
  route({
    method: 'POST',
    path: '/logout-deliveries/{delivery}/retry',
    operationId: 'retryLogoutDelivery',
    summary: 'Send a logout token again now, with a new set of retries',
    description: 'A token that was sent is not sent again.',
    tag,
    who,
    permission: 'operate',
    cli: { verb: 'logout-delivery retry', takes: ['delivery'] },
    status: 200,
    answer: delivery,
    handle: ({ context, params }) => retryLogoutDelivery(context, params.delivery),
  }),
]
