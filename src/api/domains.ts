// Routes of a tenant's domains.
import * as z from 'zod/mini'
import {
  checkDomain,
  createDomain,
  getDomain,
  leadDomain,
  listDomains,
  removeDomain,
  vouchForDomain,
} from '../directory/domains/operations.ts'
import { ok } from '../result.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, sid } from './engine/schema.ts'

const tag = 'Domains'
const text = z.nullable(z.string())
const name = about(z.string(), 'A domain in lower-case ASCII.', { examples: ['example.com'] })

const domain = named(
  'Domain',
  z.object({
    tenantSid: sid('TN', 'the tenant'),
    domain: name,
    record: about(
      z.object({ type: z.literal('TXT'), name: z.string(), value: z.string() }),
      'The DNS record that proves the domain.',
    ),
    verifiedAt: about(z.nullable(instant), 'Null: claimed, not verified.'),
    verifiedBy: about(
      z.nullable(z.enum(['dns', 'operator'])),
      '`operator`: an operator vouches for it and gives a reason.',
    ),
    reason: text,
    connectionSid: about(
      z.nullable(sid('CN', 'the connection')),
      'The connection through which newcomers of the domain sign in, as its field `newcomers` ' +
        'says. Null: none.',
    ),
    missingSince: about(
      z.nullable(instant),
      'A warning: since when the record of a verified domain has been missing.',
    ),
    checkedAt: z.nullable(instant),
    failure: about(text, 'Why the last check did not find the record.'),
    createdBy: z.string(),
    createdAt: instant,
  }),
)

export const DOMAIN_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/domains',
    operationId: 'listDomains',
    summary: 'List the domains of a tenant',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'domain list' },
    status: 200,
    answer: list('DomainList', domain),
    async handle({ context, params }) {
      const found = await listDomains(context, params.tenant)
      return found.ok ? ok({ items: found.value }) : found
    },
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/domains',
    operationId: 'createDomain',
    summary: 'Claim a domain; the answer has the DNS record that proves it',
    description:
      'Subdomains and lookalikes are different domains. Several tenants can claim the same domain.',
    tag,
    who: 'tenants',
    permission: 'configure',
    body: named('DomainCreation', z.strictObject({ domain: name })),
    cli: { verb: 'domain add', takes: ['domain'] },
    status: 201,
    answer: domain,
    problems: ['limit_reached', 'already_there', 'domain_shared'],
    location: (made) => `/tenants/${made.tenantSid}/domains/${made.domain}`,
    handle: ({ context, params, body }) => createDomain(context, params.tenant, body),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}/domains/{domain}',
    operationId: 'getDomain',
    summary: 'Get a domain and its DNS record',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'domain show', takes: ['domain'] },
    status: 200,
    answer: domain,
    handle: ({ context, params }) => getDomain(context, params.tenant, params.domain),
  }),
  route({
    method: 'PATCH',
    path: '/tenants/{tenant}/domains/{domain}',
    operationId: 'leadDomain',
    summary: 'Say through which connection newcomers of a domain sign in',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'DomainLead',
      z.strictObject({ connectionSid: z.nullable(sid('CN', 'the connection')) }),
    ),
    cli: { verb: 'domain lead', takes: ['domain'] },
    status: 200,
    answer: domain,
    handle: ({ context, params, body }) => leadDomain(context, params.tenant, params.domain, body),
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/domains/{domain}/check',
    operationId: 'checkDomain',
    summary: 'Check the DNS record of a domain now',
    description:
      'If the record of a verified domain is missing, the domain stays verified, with a warning.',
    tag,
    who: 'tenants',
    permission: 'configure',
    cli: { verb: 'domain check', takes: ['domain'] },
    status: 200,
    answer: domain,
    problems: ['domain_unproven', 'already_there'],
    handle: ({ context, params }) => checkDomain(context, params.tenant, params.domain),
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/domains/{domain}/vouch',
    operationId: 'vouchForDomain',
    summary: 'Vouch for a domain without a DNS record',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'DomainVouch',
      z.strictObject({
        reason: about(z.string(), 'Why you vouch: kept with the domain.', {
          minLength: 1,
          maxLength: 200,
        }),
      }),
    ),
    cli: { verb: 'domain vouch', takes: ['domain'] },
    status: 200,
    answer: domain,
    problems: ['already_there'],
    handle: ({ context, params, body }) =>
      vouchForDomain(context, params.tenant, params.domain, body),
  }),
  route({
    method: 'DELETE',
    path: '/tenants/{tenant}/domains/{domain}',
    operationId: 'removeDomain',
    summary: 'Remove a domain',
    tag,
    who: 'tenants',
    permission: 'delete',
    cli: { verb: 'domain remove', takes: ['domain'] },
    status: 204,
    answer: null,
    handle: ({ context, params }) => removeDomain(context, params.tenant, params.domain),
  }),
]
