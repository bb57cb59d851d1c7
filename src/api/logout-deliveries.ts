// Routes of logout deliveries: which apps were told that a session has ended, and which could not be.
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
  '`due`: to be sent, or sent again. `dead`: given up after a day and a half. `sent`: the app has taken it.',
)

const delivery = named(
  'LogoutDelivery',
  z.object({
    sid: sid('LD', 'the delivery'),
    clientSid: sid('CL', 'the client'),
    sessionSid: sid('SE', 'the session that has ended'),
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
    summary: 'List what clients were told of ended sessions, newest first',
    description: 'Of the last 30 days. With `state=dead`, the dead letters.',
    tag,
    who,
    query: z.strictObject({
      ...PAGE_QUERY,
      client: z.exactOptional(sid('CL', 'a client: its own alone')),
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
    cli: { verb: 'logout-delivery show', takes: ['delivery'] },
    status: 200,
    answer: delivery,
    handle: ({ context, params }) => getLogoutDelivery(context, params.delivery),
  }),
  route({
    method: 'POST',
    path: '/logout-deliveries/{delivery}/retry',
    operationId: 'retryLogoutDelivery',
    summary: 'Send a logout token again at once, with all its tries before it',
    description: 'One that was sent stays so.',
    tag,
    who,
    cli: { verb: 'logout-delivery retry', takes: ['delivery'] },
    status: 200,
    answer: delivery,
    handle: ({ context, params }) => retryLogoutDelivery(context, params.delivery),
  }),
]
