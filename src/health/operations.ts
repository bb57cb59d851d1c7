// The health of the deployment, in detail. Strangers get /ready instead: yes or no.
import { may } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { checkHealth, type Deployment, type Health } from './check-health.ts'

/** Checks now. Refuses `forbidden`. */
export async function getHealth(
  { db, history, actor, now }: OperationContext,
  parts: Omit<Deployment, 'db' | 'history'>,
): Promise<Result<Health, Problem>> {
  if (!may(actor, 'operate', { tenantSid: null, connectionSid: null }))
    return problem('forbidden', 'an operator', actor.kind)
  return ok(await checkHealth({ db, history, ...parts }, now))
}
