// `gatepost user …`
import { path } from '../client.ts'
import { limitOf } from '../limit.ts'
import type { PrintedColumn } from '../print.ts'
import { LIMIT, type Verbs } from '../verb.ts'

export const USERS: readonly PrintedColumn[] = [
  { title: 'SID', of: ({ sid }) => sid },
  { title: 'E-mail', of: ({ email }) => email },
  {
    title: 'Name',
    of: ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(' '),
  },
  { title: 'Sign-in', of: ({ signInMethod }) => signInMethod },
  { title: 'Connection', of: ({ connectionSid }) => connectionSid },
]

export const USER_VERBS: Verbs = {
  'user add': {
    about: 'add a user, who signs in by password at first',
    takes: ['EMAIL'],
    flags: {
      tenant: { value: 'TN…', need: true, about: 'the tenant' },
      'first-name': { value: 'NAME', about: 'first name' },
      'last-name': { value: 'NAME', about: 'last name' },
      'external-id': { value: 'ID', about: 'the vendor’s own id' },
    },
    run: ({ client, given }) =>
      client.call('POST', path`/tenants/${given.needText('tenant')}/users`, {
        json: {
          email: given.argument('EMAIL'),
          firstName: given.text('first-name'),
          lastName: given.text('last-name'),
          externalID: given.text('external-id'),
        },
      }),
  },
  'user list': {
    about: 'list the users of a tenant',
    flags: {
      tenant: { value: 'TN…', need: true, about: 'the tenant' },
      connection: { value: 'CN…', about: 'those of one connection' },
      search: { value: 'TEXT', about: 'those of that SID, login e-mail or external id' },
      ...LIMIT,
    },
    columns: USERS,
    run: ({ client, given }) =>
      client.list(
        path`/tenants/${given.needText('tenant')}/users`,
        { connection: given.text('connection'), search: given.text('search') },
        limitOf(given),
      ),
  },
  'user show': {
    about: 'show a user',
    takes: ['EMAIL'],
    run: ({ client, given }) => client.call('GET', path`/users/${given.argument('EMAIL')}`),
  },
  'user enable': {
    about: 'let a user sign in through a connection',
    takes: ['EMAIL'],
    flags: { connection: { value: 'CN…', need: true, about: 'the connection' } },
    run: ({ client, given }) =>
      client.call('PUT', path`/users/${given.argument('EMAIL')}/sign-in-method`, {
        json: { signInMethod: 'sso_enabled', connectionSid: given.needText('connection') },
      }),
  },
  'user disable': {
    about: 'let a user sign in by password alone',
    takes: ['EMAIL'],
    run: ({ client, given }) =>
      client.call('PUT', path`/users/${given.argument('EMAIL')}/sign-in-method`, {
        json: { signInMethod: 'password' },
      }),
  },
}
