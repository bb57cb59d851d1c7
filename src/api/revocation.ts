// The route of Global Token Revocation: what administrators need to set it up and to watch it.
import * as z from 'zod/mini'
import { getRevocationStatus } from '../revocation/operations.ts'
import { route } from './engine/route.ts'
import { about, instant, named } from './engine/schema.ts'

const status = named(
  'RevocationStatus',
  z.object({
    url: about(z.string(), 'Where the IdP sends revocations, and the `aud` of its tokens.'),
    isSetUp: about(z.boolean(), 'Issuer and key URL are set.'),
    keysFetchedAt: about(z.nullable(instant), 'When the keys were read.'),
    keysFailure: about(z.nullable(z.string()), 'Why they could not be read the last time.'),
    acceptedAt: about(z.nullable(instant), 'The last request with a good token.'),
    refusedAt: about(z.nullable(instant), 'The last one without, to the minute.'),
    refusedBecause: about(z.nullable(z.string()), 'What was wrong with that token.'),
  }),
)

export const REVOCATION_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/revocation',
    operationId: 'getRevocationStatus',
    summary: 'Show where the IdP signs users out, and when it last did',
    description:
      'Global Token Revocation, which Okta calls Universal Logout. Set `revocationIssuer` and ' +
      '`revocationKeysURL` of the connection to allow it.',
    tag: 'Sessions',
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'connection revocation', takes: ['connection'] },
    status: 200,
    answer: status,
    handle: ({ context, config, params }) =>
      getRevocationStatus(context, params.connection, config.origin),
  }),
]
