// The route of turns: which steps wait, for whom, and since when.
import * as z from 'zod/mini'
import { ok } from '../result.ts'
import { listTurns, TURN_STEPS, type Turn } from '../rollout/operations.ts'
import { route } from './engine/route.ts'
import { about, instant, named, sid } from './engine/schema.ts'
import { ownTenant } from './events.ts'

const SIDES = ['customer', 'operator'] as const
const turn = named(
  'Turn',
  z.object({
    side: about(z.enum(SIDES), 'The side that the step waits for.'),
    step: about(z.enum(Object.keys(TURN_STEPS) as [keyof typeof TURN_STEPS]), 'The step.', {
      examples: ['review'],
    }),
    task: about(z.string(), 'The step in words.', { examples: ['Review the list of people'] }),
    beganAt: instant,
    tenantSid: sid('TN', 'the tenant'),
    tenantName: z.string(),
    connectionSid: sid('CN', 'the connection'),
    connectionName: z.string(),
    rolloutSid: about(
      z.nullable(sid('RO', 'the rollout')),
      'Null: the step belongs to the connection itself.',
    ),
    rolloutName: z.nullable(z.string()),
  }),
)

function viewTurn({ side, step, task, beganAt, tenant, connection, rollout }: Turn) {
  return {
    side,
    step,
    task,
    beganAt,
    tenantSid: tenant.sid,
    tenantName: tenant.name,
    connectionSid: connection.sid,
    connectionName: connection.name,
    rolloutSid: rollout?.sid ?? null,
    rolloutName: rollout?.name ?? null,
  }
}

export const TURN_ROUTES = [
  route({
    method: 'GET',
    path: '/turns',
    operationId: 'listTurns',
    summary: 'List the steps that wait for a side, the longest waiting first',
    description:
      'At most 200. Each step that begins to wait is told by one event `turn.began`. ' +
      'A tenant’s key gets the steps of its tenant.',
    tag: 'Rollouts',
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      tenant: z.exactOptional(sid('TN', 'a tenant: only its steps')),
      connection: z.exactOptional(sid('CN', 'a connection: only its steps. Name its tenant, too')),
      side: z.exactOptional(about(z.enum(SIDES), 'Only the steps that wait for this side.')),
    }),
    cli: {
      verb: 'turn list',
      columns: {
        Since: 'beganAt',
        Side: 'side',
        Task: 'task',
        Tenant: 'tenantName',
        Connection: 'connectionName',
        Rollout: 'rolloutName',
      },
    },
    status: 200,
    answer: named('TurnList', z.object({ items: z.array(turn) })),
    async handle({ context, query }) {
      const tenantSid = ownTenant(context, query.tenant)
      const found = await listTurns(context, {
        ...(tenantSid !== undefined && { tenantSid }),
        ...(query.side !== undefined && { side: query.side }),
      })
      return found.ok ? ok({ items: found.value.map(viewTurn) }) : found
    },
  }),
]
