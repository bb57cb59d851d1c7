// `gatepost account …`, `gatepost user edit|accounts|decide`: who belongs where, and how they may sign in.
import { path } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, type Verbs } from '../verb.ts'
import { USERS } from './users.ts'

const TENANT = { tenant: { value: 'TN…', need: true, about: 'the tenant' } } as const

const ACCOUNTS: readonly PrintedColumn[] = [
  { title: 'SID', of: ({ sid }) => sid },
  { title: 'External id', of: ({ externalID }) => externalID },
  { title: 'Name', of: ({ name }) => name },
  { title: 'Created', of: ({ createdAt }) => renderTime(createdAt) },
]

export const DIRECTORY_VERBS: Verbs = {
  'account create': {
    about: 'create an account',
    flags: {
      ...TENANT,
      name: { value: 'NAME', need: true, about: 'as the product shows it' },
      'external-id': { value: 'ID', about: 'the vendor’s own id' },
    },
    run: ({ client, given }) =>
      client.call('POST', path`/tenants/${given.needText('tenant')}/accounts`, {
        json: { name: given.needText('name'), externalID: given.text('external-id') },
      }),
  },
  'account list': {
    about: 'list the accounts of a tenant',
    flags: { ...TENANT, ...LIMIT },
    columns: ACCOUNTS,
    run: ({ client, given }) =>
      client.list(path`/tenants/${given.needText('tenant')}/accounts`, {}, limitOf(given)),
  },
  'account name': {
    about: 'name an account, by SID or external id; makes it where there is none',
    takes: ['ACCOUNT', 'NAME'],
    flags: TENANT,
    run: ({ client, given }) =>
      client.call(
        'PUT',
        path`/tenants/${given.needText('tenant')}/accounts/${given.argument('ACCOUNT')}`,
        { json: { name: given.argument('NAME') } },
      ),
  },
  'account users': {
    about: 'list the users that belong to an account, by SID or external id',
    takes: ['ACCOUNT'],
    flags: { ...TENANT, ...LIMIT },
    columns: USERS,
    run: ({ client, given }) =>
      client.list(
        path`/tenants/${given.needText('tenant')}/accounts/${given.argument('ACCOUNT')}/users`,
        {},
        limitOf(given),
      ),
  },
  'user accounts': {
    about: 'list the accounts that a user belongs to, or say which',
    takes: ['EMAIL'],
    flags: {
      set: { value: 'LIST', about: 'SIDs or external ids, comma-separated; empty: none' },
    },
    columns: ACCOUNTS,
    run: async ({ client, given }) => {
      const where = path`/users/${given.argument('EMAIL')}/accounts`
      const set = given.text('set')
      const { items } =
        set === undefined
          ? await client.call('GET', where)
          : await client.call('PUT', where, { json: { accounts: set.split(',').filter(Boolean) } })
      return items
    },
  },
  'user edit': {
    about: 'edit, suspend or reactivate a user',
    takes: ['EMAIL'],
    flags: {
      email: { value: 'EMAIL', about: 'the new login e-mail' },
      'first-name': { value: 'NAME', about: 'first name; empty: none' },
      'last-name': { value: 'NAME', about: 'last name; empty: none' },
      'external-id': { value: 'ID', about: 'the vendor’s own id; empty: none' },
      suspend: { about: 'signs in nowhere any more' },
      reactivate: { about: 'signs in again' },
    },
    run: ({ client, given }) => {
      if (given.isOn('suspend') && given.isOn('reactivate'))
        throw new UsageError('--suspend and --reactivate exclude each other')
      const orNone = (name: string) => {
        const text = given.text(name)
        return text === '' ? null : text
      }
      return client.call('PATCH', path`/users/${given.argument('EMAIL')}`, {
        json: {
          email: given.text('email'),
          firstName: orNone('first-name'),
          lastName: orNone('last-name'),
          externalID: orNone('external-id'),
          ...(given.isOn('suspend') && { suspended: true }),
          ...(given.isOn('reactivate') && { suspended: false }),
        },
      })
    },
  },
  'user decide': {
    about: 'say how somebody may sign in now, and why',
    takes: ['EMAIL'],
    run: ({ client, given }) =>
      client.call('GET', '/sign-in-decision', { query: { email: given.argument('EMAIL') } }),
  },
}
