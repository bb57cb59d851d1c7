// Routes of NameID bindings: which NameID stands for a user, and its release.
import * as z from 'zod/mini'
import {
  listNameIDs,
  listUserNameIDs,
  releaseNameID,
  releaseNameIDs,
  type NameIDRow,
} from '../login/name-ids/operations.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, PAGE_QUERY, sid } from './engine/schema.ts'

const tag = 'NameIDs'
const entityID = about(z.string(), 'The IdP; the present one of the connection by default.', {
  minLength: 1,
  maxLength: 1024,
})
const reason = about(z.string(), 'Why, for the audit trail.', { minLength: 1, maxLength: 200 })

const nameID = named(
  'NameIDBinding',
  z.object({
    userSid: sid('US', 'the user'),
    email: about(z.string(), 'The login e-mail of the user.'),
    connectionSid: sid('CN', 'the connection'),
    entityID: about(z.string(), 'The IdP that sent the NameID.'),
    isCurrent: about(z.boolean(), 'Whether the connection still has that IdP.'),
    kind: about(
      z.enum(['email', 'value']),
      '`email`: the NameID equals the e-mail of the same assertion, whatever the address becomes.',
    ),
    format: about(z.string(), 'The format of the NameID; absent means unspecified.'),
    nameID: about(z.nullable(z.string()), 'The NameID; null for the kind `email`.'),
    firstSeenAt: instant,
    lastSeenAt: about(instant, 'To the day.'),
    refusedAt: about(z.nullable(instant), 'When another NameID came for the user instead.'),
  }),
)

const COLUMNS = {
  User: 'email',
  NameID: 'nameID|=(e-mail)',
  Format: 'format',
  'First seen': 'firstSeenAt',
  'Last seen': 'lastSeenAt',
  Refused: 'refusedAt',
} as const

const view = ({ connection: _, ...row }: NameIDRow) => row

export const NAME_ID_ROUTES = [
  route({
    method: 'GET',
    path: '/users/{user}/name-ids',
    operationId: 'listUserNameIDs',
    summary: 'List the NameIDs that stand for a user, at each connection and IdP',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: {
      verb: 'user name-ids',
      takes: ['user'],
      columns: { Connection: 'connectionSid', IdP: 'entityID', ...COLUMNS },
    },
    status: 200,
    answer: list('UserNameIDs', nameID),
    async handle({ context, params }) {
      const found = await listUserNameIDs(context, params.user)
      return found.ok ? ok({ items: found.value.map(view) }) : found
    },
  }),
  route({
    method: 'POST',
    path: '/users/{user}/name-ids/release',
    operationId: 'releaseNameID',
    summary: 'Release a user whose NameID changed: the next login binds the new one',
    tag,
    who: 'tenants',
    permission: 'release',
    body: named(
      'NameIDRelease',
      z.strictObject({
        connectionSid: sid('CN', 'the connection'),
        reason,
        entityID: z.exactOptional(entityID),
      }),
    ),
    cli: { verb: 'user release-name-id', takes: ['user'] },
    status: 204,
    answer: null,
    handle: ({ context, params, body }) => releaseNameID(context, params.user, body),
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/name-ids',
    operationId: 'listNameIDs',
    summary: 'List the users who are bound to a NameID at a connection',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({ ...PAGE_QUERY, entityID: z.exactOptional(entityID) }),
    cli: { verb: 'connection name-ids', takes: ['connection'], columns: COLUMNS },
    status: 200,
    answer: named(
      'NameIDPage',
      z.object({
        entityID: about(z.string(), 'The IdP.'),
        count: about(z.int(), 'Users who are bound there.'),
        items: z.array(nameID),
        next: about(z.nullable(z.string()), 'For `after`; null: the last page.'),
      }),
    ),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listNameIDs(context, params.connection, asked.value, query.entityID)
      if (!found.ok) return found
      const { entityID: idp, count } = found.value
      return ok({ entityID: idp, count, ...answerPage(found.value, view) })
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/name-ids/release',
    operationId: 'releaseNameIDs',
    summary: 'Release all users of a connection: their next logins bind the NameIDs that come',
    tag,
    who: 'tenants',
    permission: 'release',
    body: named(
      'NameIDsRelease',
      z.strictObject({
        users: about(z.int(), 'How many users are bound there, to confirm.'),
        reason,
        entityID: z.exactOptional(entityID),
      }),
    ),
    cli: { verb: 'connection release-name-ids', takes: ['connection'] },
    status: 200,
    answer: named('ReleasedNameIDs', z.object({ released: z.int() })),
    handle: ({ context, params, body }) => releaseNameIDs(context, params.connection, body),
  }),
]
