// `gatepost domain …`: the e-mail domains of a tenant.
import { path, type Answer } from '../client.ts'
import { renderTime } from '../print.ts'
import type { VerbContext, Verbs } from '../verb.ts'

const TENANT = { tenant: { value: 'TN…', need: true, about: 'the tenant' } } as const

function stateOf({ verifiedAt, verifiedBy, missingSince }: Answer): string {
  if (verifiedAt === null) return 'claimed'
  if (missingSince !== null) return `verified, record missing since ${renderTime(missingSince)}`
  return verifiedBy === 'dns' ? 'verified' : 'vouched for'
}

function describe(domain: Answer): string {
  const { record, failure } = domain
  return [
    `${domain.domain}: ${stateOf(domain)}`,
    ...(failure ? [`  ${failure}`] : []),
    '',
    `  ${record.type}  ${record.name}`,
    `       ${record.value}`,
  ].join('\n')
}

function pathOf({ given }: VerbContext): string {
  return path`/tenants/${given.needText('tenant')}/domains/${given.argument('DOMAIN')}`
}

export const DOMAIN_VERBS: Verbs = {
  'domain add': {
    about: 'claim a domain, and show the record that proves it',
    takes: ['DOMAIN'],
    flags: TENANT,
    text: describe,
    run: ({ client, given }) =>
      client.call('POST', path`/tenants/${given.needText('tenant')}/domains`, {
        json: { domain: given.argument('DOMAIN') },
      }),
  },
  'domain list': {
    about: 'list the domains of a tenant',
    flags: TENANT,
    columns: [
      { title: 'Domain', of: ({ domain }) => domain },
      { title: 'State', of: stateOf },
      { title: 'Checked', of: ({ checkedAt }) => renderTime(checkedAt) },
      { title: 'Last check', of: ({ failure }) => failure },
      { title: 'Reason', of: ({ reason }) => reason },
    ],
    run: async ({ client, given }) => {
      const found = await client.call('GET', path`/tenants/${given.needText('tenant')}/domains`)
      return found.items
    },
  },
  'domain show': {
    about: 'show a domain and its record',
    takes: ['DOMAIN'],
    flags: TENANT,
    text: describe,
    run: (context) => context.client.call('GET', pathOf(context)),
  },
  'domain check': {
    about: 'look into DNS now',
    takes: ['DOMAIN'],
    flags: TENANT,
    text: describe,
    run: (context) => context.client.call('POST', `${pathOf(context)}/check`),
  },
  'domain vouch': {
    about: 'vouch for a domain without a record',
    takes: ['DOMAIN'],
    flags: { ...TENANT, reason: { value: 'TEXT', need: true, about: 'why: it is kept' } },
    text: describe,
    run: (context) =>
      context.client.call('POST', `${pathOf(context)}/vouch`, {
        json: { reason: context.given.needText('reason') },
      }),
  },
  'domain remove': {
    about: 'let a domain go',
    takes: ['DOMAIN'],
    flags: TENANT,
    run: (context) => context.client.call('DELETE', pathOf(context)),
  },
}
