// Routes of operators: the vendor's people who use the console.
import * as z from 'zod/mini'
import { editOperator, getOperator, listOperators, removeOperator } from '../access/operations.ts'
import { ROLES } from '../events/roles.ts'
import { inviteOperator } from '../mail/invite-operator.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, pageQuery, sid } from './engine/schema.ts'

const tag = 'Operators'

const name = about(z.string(), 'Name of the person, in the audit trail.', {
  minLength: 1,
  maxLength: 100,
})
const role = about(
  z.enum(ROLES),
  '`owner`: everything. `admin`: everything but operators. `support`: no keys, no deletion, no ' +
    'break-glass owners. `read-only`: changes nothing.',
)
const email = about(
  z.string(),
  'By which Cloudflare Access and the vendor’s IdP know the person.',
  {
    maxLength: 254,
    examples: ['olga@vendor.example'],
  },
)

const signsInBy = about(
  z.enum(['any', 'own_idp']),
  '`own_idp`: no link and no Cloudflare Access opens the console, only the vendor’s own IdP. One ' +
    'owner always keeps `any`.',
)

const shape = {
  sid: sid('OP', 'the operator'),
  name,
  email,
  role,
  emailVerifiedAt: about(z.nullable(instant), 'When the address was first proved; null: not yet.'),
  signsInBy,
  createdBy: z.string(),
  createdAt: instant,
  updatedAt: instant,
  lastSignedInAt: z.nullable(instant),
}
const operator = named('Operator', z.object(shape))

export const OPERATOR_ROUTES = [
  route({
    method: 'GET',
    path: '/operators',
    operationId: 'listOperators',
    summary: 'List operators, newest first',
    tag,
    who: 'operators',
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'operator list',
      columns: {
        SID: 'sid',
        Name: 'name',
        'E-mail': 'email',
        Role: 'role',
        'Last signed in': 'lastSignedInAt',
      },
    },
    status: 200,
    answer: page('OperatorPage', operator),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listOperators(context, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/operators',
    operationId: 'inviteOperator',
    summary: 'Invite an operator by mail',
    description:
      'The link in the mail works once, within seven days. Where the deployment sends no mail, ' +
      'the answer has the link, to be handed over.',
    tag,
    who: 'operators',
    permission: 'operators',
    body: named('OperatorInvitation', z.strictObject({ name, email, role })),
    cli: { verb: 'operator invite' },
    status: 201,
    answer: named(
      'OperatorInvited',
      z.object({
        ...shape,
        url: about(z.nullable(z.string()), 'The link, where no mail was sent. Shown once.'),
      }),
    ),
    location: (made) => `/operators/${made.sid}`,
    async again({ context }, sid) {
      const found = await getOperator(context, sid)
      return found.ok ? ok({ ...found.value, url: null }) : found
    },
    problems: ['limit_reached', 'already_there'],
    async handle({ context, mailToCopy, body }) {
      const invited = await inviteOperator(context, mailToCopy(), body)
      return invited.ok ? ok({ ...invited.value.operator, url: invited.value.url }) : invited
    },
  }),
  route({
    method: 'GET',
    path: '/operators/{operator}',
    operationId: 'getOperator',
    summary: 'Get an operator',
    tag,
    who: 'operators',
    permission: 'view',
    cli: { verb: 'operator show', takes: ['operator'] },
    status: 200,
    answer: operator,
    handle: ({ context, params }) => getOperator(context, params.operator),
  }),
  route({
    method: 'PATCH',
    path: '/operators/{operator}',
    operationId: 'editOperator',
    summary: 'Change an operator’s name, role or ways to sign in',
    description:
      'A new role ends the operator’s sessions of the console. The last owner stays one.',
    tag,
    who: 'operators',
    permission: 'operators',
    body: named(
      'OperatorEdit',
      z.strictObject({
        name: z.exactOptional(name),
        role: z.exactOptional(role),
        signsInBy: z.exactOptional(signsInBy),
      }),
    ),
    cli: { verb: 'operator edit', takes: ['operator'] },
    status: 200,
    answer: operator,
    problems: ['last_owner', 'own_idp_missing', 'revision_changed'],
    handle: ({ context, params, body }) => editOperator(context, params.operator, body),
  }),
  route({
    method: 'DELETE',
    path: '/operators/{operator}',
    operationId: 'removeOperator',
    summary: 'Remove an operator and end their sessions of the console',
    tag,
    who: 'operators',
    permission: 'operators',
    cli: { verb: 'operator remove', takes: ['operator'] },
    status: 200,
    answer: operator,
    problems: ['last_owner', 'revision_changed'],
    handle: ({ context, params }) => removeOperator(context, params.operator),
  }),
]
