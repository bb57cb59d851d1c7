// The context of a rollout's pages: the connection's context, the rollout and its path.
import { getRollout, type Rollout } from '../../../rollout/operations.ts'
import type { PageLink } from '../../kit/console-frame.tsx'
import type { AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import {
  crumbs,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'
import { unwrap } from '../../kit/admin-context.tsx'

export type RolloutContext = {
  page: ConnectionContext
  rollout: Rollout
  /** Path of the rollout's page; its other pages are below. */
  path: string
}

/** Throws `not_there` also for a rollout of another connection that the actor may see. */
export async function openRolloutContext(
  open: OpenConnectionContext,
  c: AppContext,
): Promise<RolloutContext> {
  const at = await open(c)
  const rollout = unwrap(await getRollout(at.context, c.req.param('rollout') ?? ''))
  if (rollout.connectionSid !== at.connection.sid) throw new Refused('not_there')
  return { page: at, rollout, path: `${at.base}/rollouts/${rollout.sid}` }
}

/** Breadcrumb of the rollout's page. */
export function crumbsToRollout({ page }: RolloutContext): PageLink[] {
  return crumbs(page)
}

/** Breadcrumb of a page below the rollout's. */
export function crumbsBelow(at: RolloutContext): PageLink[] {
  return [...crumbs(at.page), { name: at.rollout.name, href: at.path }]
}
