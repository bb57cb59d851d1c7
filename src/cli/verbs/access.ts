// `gatepost setup-link …`, `api-key …`, `operator …`: the ways in. Their secrets are shown once.
import { userInfo } from 'node:os'
import { readMinutes } from '../arguments.ts'
import { path } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, type Verbs } from '../verb.ts'

const LIFE: readonly PrintedColumn[] = [
  { title: 'Created by', of: ({ createdBy }) => createdBy },
  { title: 'Expires', of: ({ expiresAt }) => renderTime(expiresAt) },
  { title: 'Revoked', of: ({ revokedAt }) => renderTime(revokedAt) },
  { title: 'Last used', of: ({ lastUsedAt }) => renderTime(lastUsedAt) },
]

const DAY_MINUTES = 24 * 60

export const ACCESS_VERBS: Verbs = {
  'setup-link create': {
    about: 'make a link to the setup portal of a connection; shown once',
    takes: ['CN…'],
    flags: {
      name: { value: 'NAME', need: true, about: 'for whom it is: the name in the audit trail' },
      may: { value: 'LIST', about: 'what it may do: configure,test (both where nothing is said)' },
      expires: { value: '7d', about: '5m to 30d; 7d where nothing is said' },
    },
    text: ({ url, name, expiresAt }) =>
      `${url}\n\nFor ${name}, until ${renderTime(expiresAt)}. It is not shown again.`,
    run: ({ client, given }) =>
      client.call('POST', path`/connections/${given.argument('CN…')}/setup-links`, {
        json: {
          name: given.needText('name'),
          capabilities: (given.text('may') ?? 'configure,test').split(',').filter(Boolean),
          expiresInMinutes: readMinutes(given.text('expires') ?? '7d', '--expires'),
        },
      }),
  },
  'setup-link list': {
    about: 'list the setup links of a connection, ended ones too',
    takes: ['CN…'],
    flags: LIMIT,
    columns: [
      { title: 'SID', of: ({ sid }) => sid },
      { title: 'For', of: ({ name }) => name },
      { title: 'May', of: ({ capabilities }) => capabilities },
      ...LIFE,
    ],
    run: ({ client, given }) =>
      client.list(path`/connections/${given.argument('CN…')}/setup-links`, {}, limitOf(given)),
  },
  'setup-link revoke': {
    about: 'end a setup link, also for those who have it open',
    takes: ['SL…'],
    run: ({ client, given }) => client.call('DELETE', path`/setup-links/${given.argument('SL…')}`),
  },
  'api-key create': {
    about: 'make an API key; shown once',
    flags: {
      name: { value: 'NAME', need: true, about: 'for what it is: the name in the audit trail' },
      tenant: { value: 'TN…', about: 'the tenant that it reaches; all where nothing is said' },
      expires: { value: '90d', about: '1d to 365d; 90d where nothing is said' },
    },
    text: ({ secret, name, expiresAt }) =>
      `${secret}\n\nKey ${name}, until ${renderTime(expiresAt)}. It is not shown again.`,
    run: ({ client, given }) => {
      const days = readMinutes(given.text('expires') ?? '90d', '--expires') / DAY_MINUTES
      if (!Number.isInteger(days)) throw new UsageError('--expires of a key takes whole days')
      return client.call('POST', '/api-keys', {
        json: {
          name: given.needText('name'),
          tenantSid: given.text('tenant') ?? null,
          expiresInDays: days,
        },
      })
    },
  },
  'api-key list': {
    about: 'list API keys: the operators’, or those of a tenant',
    flags: { tenant: { value: 'TN…', about: 'the keys of one tenant' }, ...LIMIT },
    columns: [
      { title: 'SID', of: ({ sid }) => sid },
      { title: 'Name', of: ({ name }) => name },
      ...LIFE,
    ],
    run: ({ client, given }) =>
      client.list('/api-keys', { tenant: given.text('tenant') }, limitOf(given)),
  },
  'api-key revoke': {
    about: 'end an API key',
    takes: ['AK…'],
    run: ({ client, given }) => client.call('DELETE', path`/api-keys/${given.argument('AK…')}`),
  },
  'operator sign-in': {
    about: 'make a link into the console; works once, for ten minutes',
    flags: {
      name: { value: 'NAME', about: 'the operator; who is logged in here where nothing is said' },
    },
    text: ({ url, name, expiresAt }) =>
      `${url}\n\nFor ${name}, once, until ${renderTime(expiresAt)}.`,
    run: ({ client, given }) =>
      client.call('POST', '/sign-in-links', {
        json: { name: given.text('name') ?? userInfo().username },
      }),
  },
  'event list': {
    about: 'list who did what',
    flags: {
      tenant: { value: 'TN…', about: 'what concerns one tenant' },
      subject: { value: 'SID', about: 'what was done to one thing' },
      ...LIMIT,
    },
    columns: [
      { title: 'When', of: ({ createdAt }) => renderTime(createdAt) },
      { title: 'Who', of: ({ actor }) => actor },
      { title: 'What', of: ({ action }) => action },
      { title: 'To', of: ({ subjectSid }) => subjectSid },
      { title: 'After', of: ({ after }) => after && JSON.stringify(after) },
    ],
    run: ({ client, given }) =>
      client.list(
        '/events',
        { tenant: given.text('tenant'), subject: given.text('subject') },
        limitOf(given),
      ),
  },
}
