// Routes of accounts and their members.
import * as z from 'zod/mini'
import {
  createAccount,
  getAccount,
  listAccounts,
  listAccountUsers,
  listMemberships,
  putAccount,
  setMemberships,
} from '../directory/account-operations.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import type { Account } from '../directory/store/accounts.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, page, pageQuery, sid } from './engine/schema.ts'
import { user, USER_COLUMNS, vendorID } from './users.ts'

const tag = 'Accounts'
const name = about(z.string(), 'The name in the vendor’s product.', {
  minLength: 1,
  maxLength: 200,
})

const account = named(
  'Account',
  z.object({
    sid: sid('AC', 'the account'),
    tenantSid: sid('TN', 'the tenant'),
    externalID: about(z.nullable(z.string()), 'The vendor’s ID of the account.'),
    name,
    createdAt: instant,
  }),
)

const creation = named(
  'AccountCreation',
  z.strictObject({ name, externalID: z.exactOptional(vendorID) }),
)

const accounts = list('AccountList', account)

const memberships = named(
  'Memberships',
  z.strictObject({
    accounts: about(
      z.array(vendorID),
      'All accounts of the user: SIDs, or external IDs within the tenant. Other memberships end.',
      { maxItems: 100 },
    ),
  }),
)

function items(found: Result<Account[], Problem>): Result<{ items: Account[] }, Problem> {
  return found.ok ? ok({ items: found.value }) : found
}

const ACCOUNT_COLUMNS = {
  SID: 'sid',
  'External ID': 'externalID',
  Name: 'name',
  Created: 'createdAt',
} as const

export const ACCOUNT_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/accounts',
    operationId: 'listAccounts',
    summary: 'List the accounts of a tenant',
    tag,
    who: 'tenants',
    permission: 'view',
    query: pageQuery,
    cli: { verb: 'account list', columns: ACCOUNT_COLUMNS },
    status: 200,
    answer: page('AccountPage', account),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listAccounts(context, params.tenant, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/accounts',
    operationId: 'createAccount',
    summary: 'Create an account',
    tag,
    who: 'operators',
    permission: 'operate',
    body: creation,
    cli: { verb: 'account create' },
    status: 201,
    answer: account,
    problems: ['already_there'],
    location: (made) => `/tenants/${made.tenantSid}/accounts/${made.sid}`,
    again: ({ context, params }, sid) => getAccount(context, params.tenant, sid),
    handle: ({ context, params, body }) => createAccount(context, params.tenant, body),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}/accounts/{account}',
    operationId: 'getAccount',
    summary: 'Get an account',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'account show', takes: ['account'] },
    status: 200,
    answer: account,
    handle: ({ context, params }) => getAccount(context, params.tenant, params.account),
  }),
  route({
    method: 'PUT',
    path: '/tenants/{tenant}/accounts/{account}',
    operationId: 'putAccount',
    summary: 'Set the name of an account; creates it if the external ID is new',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named('AccountName', z.strictObject({ name })),
    cli: { verb: 'account name', takes: ['account', 'name'] },
    status: 200,
    answer: account,
    handle: ({ context, params, body }) => putAccount(context, params.tenant, params.account, body),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}/accounts/{account}/users',
    operationId: 'listAccountUsers',
    summary: 'List the members of an account',
    description: 'Only operators see members of other tenants.',
    tag,
    who: 'tenants',
    permission: 'view',
    query: pageQuery,
    cli: { verb: 'account users', takes: ['account'], columns: USER_COLUMNS },
    status: 200,
    answer: page('AccountUserPage', user),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listAccountUsers(context, params.tenant, params.account, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'GET',
    path: '/users/{user}/accounts',
    operationId: 'listMemberships',
    summary: 'List the accounts of a user',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: {
      verb: 'user accounts',
      about: 'list the accounts of a user, or set them',
      takes: ['user'],
      columns: ACCOUNT_COLUMNS,
    },
    status: 200,
    answer: accounts,
    handle: async ({ context, params }) => items(await listMemberships(context, params.user)),
  }),
  route({
    method: 'PUT',
    path: '/users/{user}/accounts',
    operationId: 'setMemberships',
    summary: 'Set the accounts of a user',
    tag,
    who: 'operators',
    permission: 'operate',
    body: memberships,
    cli: {
      verb: 'user accounts',
      takes: ['user'],
      flags: { accounts: { name: 'set', commas: true } },
      columns: ACCOUNT_COLUMNS,
    },
    status: 200,
    answer: accounts,
    handle: async ({ context, params, body }) =>
      items(await setMemberships(context, params.user, body.accounts)),
  }),
]
