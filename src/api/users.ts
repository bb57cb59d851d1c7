// Routes of users.
import * as z from 'zod/mini'
import {
  addUser,
  getUser,
  listUsers,
  searchUsers,
  setSignInMethod,
} from '../directory/operations.ts'
import { BLOCKERS } from '../directory/switch-on.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const name = z.nullable(z.string())
const externalID = about(z.nullable(z.string()), 'The vendor’s ID of the user.')

/** Numbers are accepted too, because many databases use them as IDs. */
export const vendorID = about(z.union([z.string(), z.int()]), 'The vendor’s ID of the user.')

export const user = named(
  'User',
  z.object({
    sid: sid('US', 'the user'),
    tenantSid: sid('TN', 'the tenant'),
    externalID,
    email: about(z.string(), 'The login e-mail.', { examples: ['ann@example.com'] }),
    firstName: name,
    lastName: name,
    signInMethod: about(
      z.enum(['password', 'sso_enabled', 'sso_enforced']),
      '`password`: single sign-on is off for this user.',
    ),
    connectionSid: z.nullable(sid('CN', 'the connection that the user signs in through')),
    suspendedAt: z.nullable(instant),
    createdAt: instant,
    updatedAt: instant,
  }),
)

const creation = named(
  'UserCreation',
  z.strictObject({
    email: about(z.string(), 'A plain ASCII address.', { examples: ['ann@example.com'] }),
    firstName: z.exactOptional(about(z.string(), 'First name.')),
    lastName: z.exactOptional(about(z.string(), 'Last name.')),
    externalID: z.exactOptional(about(z.string(), 'The vendor’s ID of the user.')),
  }),
)

const signInMethod = named(
  'SignInMethod',
  z.union([
    z.strictObject({ signInMethod: z.literal('password') }),
    z.strictObject({
      signInMethod: z.literal('sso_enabled'),
      connectionSid: sid('CN', 'a connection of the user’s tenant'),
    }),
  ]),
)

export const USER_COLUMNS = {
  SID: 'sid',
  'E-mail': 'email',
  Name: 'firstName lastName',
  'Sign-in': 'signInMethod',
  Connection: 'connectionSid',
} as const

export const USER_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/users',
    operationId: 'listUsers',
    summary: 'List the users of a tenant',
    tag: 'Users',
    who: 'tenants',
    query: z.strictObject({
      ...PAGE_QUERY,
      connection: z.exactOptional(sid('CN', 'a connection: only its users')),
      search: z.exactOptional(about(z.string(), 'A SID, login e-mail or external ID.')),
    }),
    cli: { verb: 'user list', columns: USER_COLUMNS },
    status: 200,
    answer: page('UserPage', user),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      if (query.search !== undefined) {
        const named = await searchUsers(context, params.tenant, query.search)
        return named.ok ? ok({ items: named.value, next: null }) : named
      }
      const found = await listUsers(context, params.tenant, asked.value, query.connection)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/users',
    operationId: 'addUser',
    summary: 'Add a user, who signs in by password',
    tag: 'Users',
    who: 'operators',
    body: creation,
    cli: { verb: 'user add', takes: ['email'] },
    status: 201,
    answer: user,
    problems: ['already_there'],
    location: ({ sid }) => `/users/${sid}`,
    again: ({ context }, sid) => getUser(context, sid),
    handle: ({ context, params, body }) => addUser(context, params.tenant, body),
  }),
  route({
    method: 'GET',
    path: '/users/{user}',
    operationId: 'getUser',
    summary: 'Get a user',
    tag: 'Users',
    who: 'tenants',
    cli: { verb: 'user show', takes: ['user'] },
    status: 200,
    answer: user,
    handle: ({ context, params }) => getUser(context, params.user),
  }),
  route({
    method: 'PUT',
    path: '/users/{user}/sign-in-method',
    operationId: 'setSignInMethod',
    summary: 'Set how a user signs in',
    description:
      'Enabling SSO is refused for a person with a blocker, as in a rollout, for one who may ' +
      'sign in by SSO only, and through a connection that people cannot use.',
    tag: 'Users',
    who: 'operators',
    body: signInMethod,
    cli: [
      {
        verb: 'user enable',
        about: 'let a user sign in by SSO as well as by password',
        takes: ['user'],
        always: { signInMethod: 'sso_enabled' },
      },
      {
        verb: 'user disable',
        about: 'let a user sign in by password only',
        takes: ['user'],
        always: { signInMethod: 'password' },
      },
    ],
    status: 200,
    answer: user,
    problems: [
      ...BLOCKERS,
      'user_enforced',
      'plan_required',
      'connection_suspended',
      'connection_not_ready',
      'revision_changed',
    ],
    handle: ({ context, params, body }) => setSignInMethod(context, params.user, body),
  }),
]
