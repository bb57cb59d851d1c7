// The health of the deployment, in detail. Strangers get /ready instead: yes or no.
import { may } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { checkHealth, within, type Deployment, type Health } from './check-health.ts'
import { findLateDrills, type LateDrill } from './store.ts'

/** `lateDrills`: what operators remind owners of. It takes no part in `/ready`. */
export type HealthDetail = Health & { lateDrills: LateDrill[] }

/** Checks now. Refuses `forbidden`. */
export async function getHealth(
  { db, history, actor, now }: OperationContext,
  parts: Omit<Deployment, 'db' | 'history'>,
): Promise<Result<HealthDetail, Problem>> {
  if (!may(actor, 'view', { tenantSid: null, connectionSid: null }))
    return problem('forbidden', 'an operator', actor.kind)
  const [health, drills] = await Promise.all([
    checkHealth({ db, history, ...parts }, now),
    // Where D1 does not answer, the checks say so.
    within(() => findLateDrills(db, now)),
  ])
  return ok({ ...health, lateDrills: drills ?? [] })
}
