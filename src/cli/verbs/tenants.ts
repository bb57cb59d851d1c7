// `gatepost tenant …`
import { path } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, type Verbs } from '../verb.ts'

const FIELDS = {
  name: { value: 'NAME', about: 'the customer’s organisation' },
  plan: { value: 'PLAN', about: 'enterprise (with single sign-on) or standard' },
  'support-contact': { value: 'TEXT', about: 'shown on error pages; empty: none' },
}

const COLUMNS: readonly PrintedColumn[] = [
  { title: 'SID', of: ({ sid }) => sid },
  { title: 'Name', of: ({ name }) => name },
  { title: 'Plan', of: ({ plan }) => plan },
  { title: 'Created', of: ({ createdAt }) => renderTime(createdAt) },
  { title: 'Suspended', of: ({ suspendedAt }) => renderTime(suspendedAt) },
]

export const TENANT_VERBS: Verbs = {
  'tenant create': {
    about: 'create a tenant',
    flags: { ...FIELDS, name: { ...FIELDS.name, need: true } },
    run: ({ client, given }) =>
      client.call('POST', '/tenants', {
        json: {
          name: given.needText('name'),
          plan: given.text('plan'),
          supportContact: given.text('support-contact') || null,
        },
      }),
  },
  'tenant list': {
    about: 'list tenants, newest first',
    flags: { search: { value: 'TEXT', about: 'part of the name' }, ...LIMIT },
    columns: COLUMNS,
    run: ({ client, given }) =>
      client.list('/tenants', { search: given.text('search') }, limitOf(given)),
  },
  'tenant show': {
    about: 'show a tenant',
    takes: ['TN…'],
    run: ({ client, given }) => client.call('GET', path`/tenants/${given.argument('TN…')}`),
  },
  'tenant edit': {
    about: 'edit, suspend or resume a tenant',
    takes: ['TN…'],
    flags: {
      ...FIELDS,
      suspend: { about: 'its people cannot log in any more' },
      resume: { about: 'they can again' },
    },
    run: ({ client, given }) => {
      if (given.isOn('suspend') && given.isOn('resume'))
        throw new UsageError('--suspend and --resume exclude each other')
      const supportContact = given.text('support-contact')
      return client.call('PATCH', path`/tenants/${given.argument('TN…')}`, {
        json: {
          name: given.text('name'),
          plan: given.text('plan'),
          ...(supportContact !== undefined && { supportContact: supportContact || null }),
          ...(given.isOn('suspend') && { suspended: true }),
          ...(given.isOn('resume') && { suspended: false }),
        },
      })
    },
  },
}
