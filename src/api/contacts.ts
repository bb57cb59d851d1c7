// Routes of contacts: who receives mail.
import * as z from 'zod/mini'
import {
  addContact,
  CONTACT_ROLES,
  editContact,
  getContact,
  listContacts,
  MUTABLE_KINDS,
  removeContact,
  type ContactRole,
} from '../mail/contacts/operations.ts'
import { ok } from '../result.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, sid } from './engine/schema.ts'

const tag = 'Contacts'

const ROLES = Object.keys(CONTACT_ROLES) as ContactRole[]
const ROLE = 'What the contact is for: it decides which mail they receive.'
const role = about(z.enum([...ROLES, 'operator']), ROLE)
const name = about(z.string(), 'Name of the person or the team.', { minLength: 1, maxLength: 100 })
const email = about(z.string(), 'One address in ASCII.', {
  maxLength: 254,
  examples: ['ann@example.com'],
})
const muted = about(
  z.array(z.enum(MUTABLE_KINDS as [(typeof MUTABLE_KINDS)[number]])),
  'Kinds of mail that the contact does not receive. Security mail cannot be switched off.',
)

const contact = named(
  'Contact',
  z.object({
    sid: sid('CT', 'the contact'),
    tenantSid: about(
      z.nullable(sid('TN', 'the tenant')),
      'Null: an address of the vendor’s operators.',
    ),
    role,
    name,
    email,
    muted,
    createdAt: instant,
    updatedAt: instant,
  }),
)

const people = { name, email, muted: z.exactOptional(muted) }
const creation = named(
  'ContactCreation',
  z.strictObject({ role: about(z.enum(ROLES), ROLE), ...people }),
)
const operatorCreation = named('OperatorContactCreation', z.strictObject(people))
const edit = named(
  'ContactEdit',
  z.strictObject({
    role: z.exactOptional(about(z.enum(ROLES), ROLE)),
    name: z.exactOptional(name),
    email: z.exactOptional(email),
    muted: z.exactOptional(muted),
  }),
)

const columns = { SID: 'sid', Role: 'role', Name: 'name', 'E-mail': 'email', Off: 'muted' }

export const CONTACT_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/contacts',
    operationId: 'listContacts',
    summary: 'List the contacts of a tenant',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'contact list', columns },
    status: 200,
    answer: list('ContactList', contact),
    async handle({ context, params }) {
      const found = await listContacts(context, params.tenant)
      return found.ok ? ok({ items: found.value }) : found
    },
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/contacts',
    operationId: 'addContact',
    summary: 'Add a contact of a tenant',
    tag,
    who: 'tenants',
    permission: 'configure',
    body: creation,
    cli: { verb: 'contact add' },
    status: 201,
    answer: contact,
    problems: ['limit_reached', 'already_there'],
    location: (made) => `/contacts/${made.sid}`,
    handle: ({ context, params, body }) => addContact(context, params.tenant, body),
  }),
  route({
    method: 'GET',
    path: '/operator-contacts',
    operationId: 'listOperatorContacts',
    summary: 'List the addresses at which operators receive mail',
    tag,
    who: 'operators',
    permission: 'view',
    cli: { verb: 'operator-contact list', columns },
    status: 200,
    answer: list('OperatorContactList', contact),
    async handle({ context }) {
      const found = await listContacts(context, null)
      return found.ok ? ok({ items: found.value }) : found
    },
  }),
  route({
    method: 'POST',
    path: '/operator-contacts',
    operationId: 'addOperatorContact',
    summary: 'Add an address at which operators receive mail',
    tag,
    who: 'operators',
    permission: 'operate',
    body: operatorCreation,
    cli: { verb: 'operator-contact add' },
    status: 201,
    answer: contact,
    problems: ['limit_reached', 'already_there'],
    location: (made) => `/contacts/${made.sid}`,
    handle: ({ context, body }) => addContact(context, null, { role: 'operator', ...body }),
  }),
  route({
    method: 'GET',
    path: '/contacts/{contact}',
    operationId: 'getContact',
    summary: 'Get a contact',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'contact show', takes: ['contact'] },
    status: 200,
    answer: contact,
    handle: ({ context, params }) => getContact(context, params.contact),
  }),
  route({
    method: 'PATCH',
    path: '/contacts/{contact}',
    operationId: 'editContact',
    summary: 'Edit a contact, and which mail it receives',
    tag,
    who: 'tenants',
    permission: 'configure',
    body: edit,
    cli: { verb: 'contact edit', takes: ['contact'] },
    status: 200,
    answer: contact,
    problems: ['already_there'],
    handle: ({ context, params, body }) => editContact(context, params.contact, body),
  }),
  route({
    method: 'DELETE',
    path: '/contacts/{contact}',
    operationId: 'removeContact',
    summary: 'Remove a contact',
    tag,
    who: 'tenants',
    permission: 'delete',
    cli: { verb: 'contact remove', takes: ['contact'] },
    status: 204,
    answer: null,
    handle: ({ context, params }) => removeContact(context, params.contact),
  }),
]
