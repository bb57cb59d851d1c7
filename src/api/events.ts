// The route of the feed of events: the audit trail and logins, in their order.
import * as z from 'zod/mini'
import type { FeedFilter } from '../events/feed/feed.ts'
import { readFeed } from '../events/feed/read-feed.ts'
import { FEED_TYPES, readTypes, typesWithOutcome } from '../events/feed/types.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { loginSource } from '../login/history/feed.ts'
import { problem, type Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { parseOpaque, renderOpaque } from './engine/opaque.ts'
import { route } from './engine/route.ts'
import { about, instant, named, number, sid } from './engine/schema.ts'

const MOST = 500
const USUAL = 100

const fields = z.nullable(z.record(z.string(), z.unknown()))

const event = named(
  'Event',
  z.object({
    sid: about(z.string(), 'SID of the event, `EV…`; of a login that of its attempt, `AT…`.'),
    seq: about(
      z.nullable(z.int()),
      'Its number in the audit trail: the order of commits. Null: a login.',
    ),
    tenantSid: about(z.nullable(z.string()), 'Null: it does not concern a single tenant.'),
    connectionSid: about(z.nullable(z.string()), 'Null: it does not concern a single connection.'),
    type: about(z.enum(FEED_TYPES), 'What happened: docs/events.md lists the types.', {
      examples: ['connection.updated'],
    }),
    actor: about(z.string(), 'Kind and name of the actor.', { examples: ['operator ann'] }),
    actorKind: about(z.string(), 'Kind of the actor.', { examples: ['operator'] }),
    actorId: about(
      z.nullable(z.string()),
      'SID of an API key, setup link, token, connection or user; the name of an operator. ' +
        'Null: Gatepost itself, or nobody that is known.',
    ),
    subjectSid: about(z.string(), 'What was changed; of a login the user, or the connection.'),
    outcome: z.enum(['succeeded', 'refused']),
    code: about(z.nullable(z.string()), 'The error code of a refused login.'),
    isTest: about(z.boolean(), 'True: a test sign-in.'),
    before: about(
      fields,
      'The fields that changed, before the change. Secrets are never recorded.',
    ),
    after: fields,
    isErased: about(z.boolean(), 'True: its details were deleted.'),
    isUnreadable: about(
      z.boolean(),
      'True: somebody has broken its details by hand. `audit verify` says more.',
    ),
    createdAt: instant,
  }),
)

const feed = named(
  'EventFeed',
  z.object({
    items: z.array(event),
    gaps: about(
      z.array(
        z.object({
          connectionSid: z.string(),
          missing: about(z.int(), 'Refused logins that newer ones replaced before they were read.'),
          isExact: about(z.boolean(), 'False: at most so many.'),
          before: about(instant, 'They were before this time.'),
        }),
      ),
      'Logins that are not in the feed any more.',
    ),
    cursor: about(z.string(), 'Where the next request goes on. It stays valid.'),
    hasMore: about(z.boolean(), 'True: ask again at once, also where `items` is empty.'),
    logins: about(
      z.enum(['read', 'left_out', 'unavailable']),
      '`unavailable`: their database does not answer now; they come later.',
    ),
  }),
)

const cursor = z.object({
  seq: z.int(),
  login: z.string().check(z.regex(/^AT[0-9a-f]{12,32}$/)),
  rings: z.array(z.tuple([z.string(), z.int()])),
})

/** The tenant that a request concerns. A tenant's key that names none means its own. */
export function ownTenant(
  { actor }: OperationContext,
  wanted: string | undefined,
): string | undefined {
  return wanted ?? (actor.kind === 'customer admin' ? actor.tenantSid : undefined)
}

/** A line for each item, and a last one with the rest. */
function renderLines({ items, ...rest }: z.output<typeof feed>): string {
  return [...items, rest].map((line) => `${JSON.stringify(line)}\n`).join('')
}

export const EVENT_ROUTES = [
  route({
    method: 'GET',
    path: '/events',
    operationId: 'listEvents',
    summary: 'Read the events, oldest first, after a cursor',
    description:
      'The audit trail in the order of commits, and logins in the order of their times. Logins ' +
      'appear after three minutes, when they do not change any more. With `Accept: ' +
      'application/x-ndjson` each item is a line, and the last line has the rest. A tenant’s key ' +
      'gets the events of its tenant.',
    tag: 'Events',
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      cursor: z.exactOptional(about(z.string(), 'The `cursor` of the answer before.')),
      limit: z.exactOptional(
        about(
          z.pipe(number(''), z.int().check(z.minimum(1), z.maximum(MOST))),
          `Items, at most ${MOST}; ${USUAL} by default.`,
        ),
      ),
      since: z.exactOptional(
        about(z.string(), 'Milliseconds since 1970, or a time such as 2026-10-01T00:00:00Z.'),
      ),
      until: z.exactOptional(about(z.string(), 'Events before this time, written like `since`.')),
      type: z.exactOptional(
        about(z.string(), 'Types with commas in between; `rollout.*`: all of the group.'),
      ),
      tenant: z.exactOptional(sid('TN', 'a tenant: only its events')),
      actor: z.exactOptional(about(z.string(), 'The `actorId`.')),
      subject: z.exactOptional(about(z.string(), 'SID of what was changed.')),
      outcome: z.exactOptional(
        about(z.enum(['succeeded', 'refused']), '`refused`: refused logins alone.'),
      ),
    }),
    status: 200,
    answer: feed,
    text: { type: 'application/x-ndjson', render: (answer) => renderLines(feed.parse(answer)) },
    async handle({ context, query }) {
      const at = query.cursor === undefined ? null : parseOpaque(query.cursor, cursor, 'cursor')
      if (at && !at.ok) return at
      const filter = readFilter(context, query)
      if (!filter.ok) return filter
      const request = {
        filter: filter.value,
        cursor: at?.value ?? null,
        limit: query.limit ?? USUAL,
      }
      const page = await readFeed(context, request, loginSource(context))
      return page.ok ? ok({ ...page.value, cursor: renderOpaque(page.value.cursor) }) : page
    },
  }),
]

type FilterQuery = Partial<
  Record<'since' | 'until' | 'type' | 'tenant' | 'actor' | 'subject', string> & {
    outcome: 'succeeded' | 'refused'
  }
>

function readFilter(
  context: OperationContext,
  { type, tenant, actor, subject, outcome, ...times }: FilterQuery,
): Result<FeedFilter, Problem> {
  const since = readTime(times.since, 'since')
  if (!since.ok) return since
  const until = readTime(times.until, 'until')
  if (!until.ok) return until
  const types = type === undefined ? undefined : readTypes(type.split(',').slice(0, 200))
  if (types && 'unknown' in types)
    return problem('input', 'a type of docs/events.md', types.unknown.slice(0, 100), 'type')
  const wanted = typesWithOutcome(types, outcome)
  const tenantSid = ownTenant(context, tenant)
  return ok({
    ...(tenantSid !== undefined && { tenantSid }),
    ...(subject !== undefined && { subjectSid: subject }),
    ...(actor !== undefined && { actorId: actor }),
    ...(wanted && { types: wanted }),
    ...(since.value !== undefined && { since: since.value }),
    ...(until.value !== undefined && { until: until.value }),
  })
}

function readTime(
  text: string | undefined,
  field: 'since' | 'until',
): Result<number | undefined, Problem> {
  if (text === undefined) return ok(undefined)
  const at = /^\d{1,15}$/.test(text) ? Number(text) : ISO.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at)
    ? problem('input', 'milliseconds, or 2026-10-01T00:00:00Z', text.slice(0, 100), field)
    : ok(Math.max(0, at))
}

const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/
