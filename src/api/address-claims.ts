// Routes of address claims: addresses that a source gives to somebody it calls by another external
// ID than the user who has the address.
import * as z from 'zod/mini'
import {
  acceptAddressClaim,
  declineAddressClaim,
  listClaims,
} from '../directory/claims/operations.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, pageQuery, sid } from './engine/schema.ts'

const tag = 'Address claims'

const claim = named(
  'AddressClaim',
  z.object({
    sid: sid('CM', 'the claim'),
    tenantSid: sid('TN', 'the tenant'),
    source: about(
      z.string(),
      '`import`: the vendor’s own system. Otherwise the connection whose IdP provisions.',
    ),
    userSid: sid('US', 'the user who has the address'),
    email: about(z.string(), 'The login e-mail of that user.'),
    heldName: about(z.nullable(z.string()), 'The name of that user.'),
    heldExternalID: about(z.string(), 'The external ID of that user at the source.'),
    externalID: about(z.string(), 'The external ID that came with the address.'),
    name: about(z.nullable(z.string()), 'The name that came with it.'),
    createdAt: instant,
  }),
)

export const ADDRESS_CLAIM_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/address-claims',
    operationId: 'listClaims',
    summary: 'List the address claims that wait for a decision, newest first',
    tag,
    who: 'tenants',
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'address-claim list',
      columns: {
        SID: 'sid',
        Address: 'email',
        'Held by': 'heldExternalID',
        'Claimed by': 'externalID',
        Name: 'name',
        Source: 'source',
        Since: 'createdAt',
      },
    },
    status: 200,
    answer: page('AddressClaimPage', claim),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listClaims(context, params.tenant, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/address-claims/{claim}/accept',
    operationId: 'acceptAddressClaim',
    summary: 'Say that it is the same person, who keeps the user and has the new external ID',
    tag,
    who: 'operators',
    permission: 'operate',
    cli: { verb: 'address-claim accept', takes: ['claim'] },
    status: 200,
    answer: claim,
    problems: ['already_there', 'revision_changed'],
    handle: ({ context, params }) => acceptAddressClaim(context, params.claim),
  }),
  route({
    method: 'POST',
    path: '/address-claims/{claim}/decline',
    operationId: 'declineAddressClaim',
    summary: 'Say that it is another person: suspend the user, and free the address',
    description: 'The source creates the other person when it next sends them.',
    tag,
    who: 'operators',
    permission: 'operate',
    cli: { verb: 'address-claim decline', takes: ['claim'] },
    status: 200,
    answer: claim,
    problems: ['revision_changed'],
    handle: ({ context, params }) => declineAddressClaim(context, params.claim),
  }),
]
