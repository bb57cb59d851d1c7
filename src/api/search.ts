// The search over all things.
import * as z from 'zod/mini'
import { FOUND_KINDS, search } from '../search/operations.ts'
import { route } from './engine/route.ts'
import { about, named, sid } from './engine/schema.ts'

const found = named(
  'Found',
  z.object({
    kind: about(z.enum(FOUND_KINDS), 'What it is.'),
    sid: about(z.nullable(z.string()), 'Its SID; null: a domain.'),
    name: about(z.nullable(z.string()), 'A name, login e-mail, domain or type.'),
    tenantSid: z.nullable(sid('TN', 'the tenant')),
    tenantName: z.nullable(z.string()),
    connectionSid: z.nullable(sid('CN', 'the connection')),
    subjectSid: about(z.nullable(z.string()), 'The user or thing that it is about.'),
    isExact: about(z.boolean(), 'Whether the text names it whole.'),
  }),
)

export const SEARCH_ROUTES = [
  route({
    method: 'GET',
    path: '/search',
    operationId: 'search',
    summary: 'Find anything by e-mail, part of a name, SID, reference or domain',
    description: 'At most 20 users and ten of each other kind, those named whole first.',
    tag: 'Search',
    who: 'operators',
    permission: 'view',
    query: z.strictObject({
      search: about(
        z.string().check(z.minLength(1), z.maxLength(320)),
        'An e-mail, how a word of a name begins, a SID, a reference, or a domain.',
      ),
    }),
    cli: {
      verb: 'search find',
      takes: ['search'],
      columns: {
        Kind: 'kind',
        Name: 'name',
        SID: 'sid',
        Tenant: 'tenantName|tenantSid',
        Connection: 'connectionSid',
      },
    },
    status: 200,
    answer: named(
      'SearchAnswer',
      z.object({
        items: z.array(found),
        hasMore: about(z.boolean(), 'There are more: a longer text finds them.'),
        isInLog: about(
          z.boolean(),
          'The text is the reference of a refused request, which the Worker’s log alone has.',
        ),
      }),
    ),
    problems: ['history_unavailable'],
    handle: ({ context, query }) => search(context, query.search),
  }),
]
