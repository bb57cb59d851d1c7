// The route of the deployment's health.
import * as z from 'zod/mini'
import { CHECKS, CHECK_NAMES } from '../health/checks.ts'
import { getHealth } from '../health/operations.ts'
import { ok } from '../result.ts'
import { route } from './engine/route.ts'
import { about, instant, named } from './engine/schema.ts'

const health = named(
  'Health',
  z.object({
    ready: about(z.boolean(), 'False if a check has failed: `/ready` answers 503.'),
    checkedAt: instant,
    checks: z.array(
      z.object({
        name: z.enum(CHECK_NAMES),
        state: about(
          z.enum(['ok', 'failed', 'skipped']),
          '`skipped`: it cannot be seen from here, or does not apply here.',
        ),
        found: z.string(),
        remedy: about(z.nullable(z.string()), 'What to do where the check has failed.'),
      }),
    ),
    lateDrills: about(
      z.array(
        z.object({
          tenantSid: z.string(),
          tenant: z.string(),
          userSid: z.string(),
          email: z.string(),
          drillAt: instant,
        }),
      ),
      'Break-glass owners who have not used a code within a week of the date of their drill.',
    ),
    jobs: z.array(
      z.object({
        job: z.string(),
        everySeconds: z.int(),
        succeededAt: about(z.nullable(instant), 'When its last successful run ended.'),
        failedAt: about(z.nullable(instant), 'When its last failed run ended.'),
        milliseconds: about(z.nullable(z.int()), 'How long its last run took.'),
        backlog: about(
          z.nullable(z.record(z.string(), z.int())),
          'Rows by table that should have been deleted two hours before its last run.',
        ),
      }),
    ),
  }),
)

export const HEALTH_ROUTES = [
  route({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    summary: 'Get the health of the deployment',
    description:
      'Checks now: storage, migrations, keys, jobs, sizes. `GET /ready` says to strangers only ' +
      'whether all is well.',
    tag: 'Health',
    who: 'operators',
    permission: 'view',
    cli: { verb: 'health show', needsSecret: true },
    status: 200,
    answer: health,
    async handle({ context, config, kv }) {
      const found = await getHealth(context, { config, kv })
      if (!found.ok) return found
      const { isReady, checkedAt, checks, jobs, lateDrills } = found.value
      return ok({
        ready: isReady,
        checkedAt,
        lateDrills,
        checks: checks.map((one) => ({
          ...one,
          remedy: one.state === 'failed' ? CHECKS[one.name].remedy : null,
        })),
        jobs,
      })
    },
  }),
]
