// Somebody at the pages of one rollout of a connection: which rollout, and where its pages are.
import { getRollout, type Rollout } from '../../../rollout/operations.ts'
import type { PageLink } from '../../kit/console-frame.tsx'
import type { AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { crumbs, type OpenVisit, type Visit } from '../connection/visit.ts'
import { take } from '../../kit/door.tsx'

export type RolloutVisit = {
  visit: Visit
  rollout: Rollout
  /** Where the rollout's own page is; its other pages are below. */
  path: string
}

/** Throws `not_there` for every other SID, also for a rollout of another connection that the actor may see. */
export async function visitRollout(open: OpenVisit, c: AppContext): Promise<RolloutVisit> {
  const visit = await open(c)
  const rollout = take(await getRollout(visit.request, c.req.param('rollout') ?? ''))
  if (rollout.connectionSid !== visit.connection.sid) throw new Refused('not_there')
  return { visit, rollout, path: `${visit.base}/rollouts/${rollout.sid}` }
}

/** The way to the rollout's page. */
export function crumbsToRollout({ visit }: RolloutVisit): PageLink[] {
  return crumbs(visit)
}

/** The way to a page below the rollout's own. */
export function crumbsBelow(at: RolloutVisit): PageLink[] {
  return [...crumbs(at.visit), { name: at.rollout.name, href: at.path }]
}
