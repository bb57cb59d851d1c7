// The route of the deployment's metrics.
import * as z from 'zod/mini'
import { CHECK_NAMES } from '../health/checks.ts'
import { getMetrics } from '../health/metrics/operations.ts'
import { renderText, TEXT_TYPE } from '../health/metrics/render-text.ts'
import { route } from './engine/route.ts'
import { about, instant, named } from './engine/schema.ts'

const SUMS = { accepted: z.int(), refused: z.int() }
const sums = z.object(SUMS)
const period = z.object({
  at: about(instant, 'When the hour or day began, in UTC.'),
  ...SUMS,
  lastWeek: about(sums, 'The same hour or day a week before.'),
})
const waiting = z.object({ open: z.int(), dead: z.int() })
const expiring = about(
  z.object({
    expired: z.int(),
    within7Days: z.int(),
    within30Days: z.int(),
    within60Days: z.int(),
  }),
  'How many by the time that is left, each counted once.',
)

const metrics = named(
  'Metrics',
  z.object({
    checkedAt: instant,
    ready: about(z.boolean(), 'What `/ready` says.'),
    failedChecks: z.array(z.enum(CHECK_NAMES)),
    logins: about(
      z.nullable(
        z.object({
          today: about(period, 'Since midnight UTC; of last week, until the end of the same hour.'),
          hours: about(z.array(period), 'The last 24, the newest last: it is not over yet.'),
          days: about(z.array(period), 'The last seven, the newest last.'),
          codes: about(
            z.array(z.object({ code: z.string(), today: z.int(), lastWeek: z.int() })),
            'By error code; accepted logins have an empty code. Of last week, the whole day.',
          ),
          connections: about(
            z.array(z.object({ connectionSid: z.string(), ...SUMS, lastWeek: sums })),
            'Today, at the 100 connections with the most refused logins.',
          ),
        }),
      ),
      'Null where HISTORY does not answer. Test sign-ins are left out.',
    ),
    jobs: z.array(
      z.object({
        job: z.string(),
        everySeconds: z.int(),
        succeededAt: z.nullable(instant),
        failedAt: z.nullable(instant),
        milliseconds: z.nullable(z.int()),
        overdue: about(z.boolean(), 'Two runs in a row did not succeed.'),
      }),
    ),
    backlog: about(
      z.record(z.string(), z.int()),
      'Rows by table that should have been deleted two hours ago.',
    ),
    databases: z.array(
      z.object({ name: z.enum(['DB', 'HISTORY']), bytes: z.int(), limitBytes: z.int() }),
    ),
    certificates: expiring,
    ownKeys: expiring,
    outbox: about(
      z.object({ open: z.int(), oldestAt: z.nullable(instant), dead: z.int() }),
      'Events on their way to webhooks and mail.',
    ),
    logoutTokens: about(waiting, 'Logout tokens on their way to apps.'),
    probe: z.object({
      passedAt: about(z.nullable(instant), 'When a synthetic login last passed.'),
    }),
  }),
)

export const METRICS_ROUTES = [
  route({
    method: 'GET',
    path: '/metrics',
    operationId: 'getMetrics',
    summary: 'Get the metrics of the deployment',
    description:
      'Logins against last week, jobs, backlogs, sizes, certificates. With `Accept: text/plain` ' +
      'the answer has Prometheus’s text format.',
    tag: 'Health',
    who: 'operators',
    permission: 'view',
    cli: { verb: 'metrics show', needsSecret: true },
    status: 200,
    answer: metrics,
    text: { type: TEXT_TYPE, render: renderText },
    handle: ({ context, config, kv }) => getMetrics(context, { config, kv }),
  }),
]
