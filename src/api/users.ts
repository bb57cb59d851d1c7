// Routes of users.
import * as z from 'zod/mini'
import { addUser, getUser, setSignInMethod } from '../directory/operations.ts'
import { listUsers } from '../directory/words/operations.ts'
import { SIGN_IN_METHODS } from '../directory/words/store.ts'
import { BLOCKERS } from '../directory/switch-on.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, flag, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

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
    signedIn: about(z.boolean(), 'Whether they signed in by SSO before, tests included.'),
    hasPassword: about(
      z.boolean(),
      'Whether your app has a password for the user, as far as we know. False for users whom ' +
        'SCIM or a first login created, until you set it.',
    ),
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
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      connection: z.exactOptional(sid('CN', 'a connection: only its users')),
      search: z.exactOptional(
        about(
          z.string().check(z.maxLength(320)),
          'A SID or external ID, or how a word of the name or e-mail begins: all on one page.',
        ),
      ),
      method: z.exactOptional(about(z.enum(SIGN_IN_METHODS), 'The sign-in method.')),
      signedIn: flag('Whether they signed in by SSO before, tests included.'),
    }),
    cli: { verb: 'user list', columns: USER_COLUMNS },
    status: 200,
    answer: page('UserPage', user),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const { search, connection, method, signedIn } = query
      const wanted = { search, connection, method, signedIn }
      const found = await listUsers(context, params.tenant, asked.value, wanted)
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
    permission: 'operate',
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
    permission: 'view',
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
    permission: 'operate',
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
