// Somebody at the pages of one rollout of a connection: which rollout, and where its pages are.
import { getRollout, type Rollout } from '../../../rollout/operations.ts'
import type { PageLink } from '../../kit/console-frame.tsx'
import type { AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import {
  crumbs,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'
import { take } from '../../kit/admin-context.tsx'

export type RolloutContext = {
  page: ConnectionContext
  rollout: Rollout
  /** Where the rollout's own page is; its other pages are below. */
  path: string
}

/** Throws `not_there` for every other SID, also for a rollout of another connection that the actor may see. */
export async function openRolloutContext(
  open: OpenConnectionContext,
  c: AppContext,
): Promise<RolloutContext> {
  const at = await open(c)
  const rollout = take(await getRollout(at.context, c.req.param('rollout') ?? ''))
  if (rollout.connectionSid !== at.connection.sid) throw new Refused('not_there')
  return { page: at, rollout, path: `${at.base}/rollouts/${rollout.sid}` }
}

/** The way to the rollout's page. */
export function crumbsToRollout({ page }: RolloutContext): PageLink[] {
  return crumbs(page)
}

/** The way to a page below the rollout's own. */
export function crumbsBelow(at: RolloutContext): PageLink[] {
  return [...crumbs(at.page), { name: at.rollout.name, href: at.path }]
}
