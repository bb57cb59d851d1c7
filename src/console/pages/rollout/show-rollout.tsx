// The rollout's page after a post: shown again, with why what was sent was not done.
import { ConfigError, readNoticeSender } from '../../../env.ts'
import type { AppContext } from '../../../platform/http/http.ts'
import type { OpenConnectionContext } from '../shared/connection-context.ts'
import { showAgain, showPage } from '../../kit/admin-context.tsx'
import type { Chosen } from './choose-section.tsx'
import { factsOf } from './facts.ts'
import { RolloutPage, type StepProblem } from './rollout-page.tsx'
import { openRolloutContext } from './rollout-context.ts'

/** Whether this deployment sends notices. One that is half set up says so when it is to send, not on every page. */
export function sendsFrom(c: AppContext): boolean {
  try {
    return readNoticeSender(c.env) !== null
  } catch (error) {
    if (error instanceof ConfigError) return false
    throw error
  }
}

/** The rollout's page as it is now, with why what was sent was not done. */
export async function showRefused(
  c: AppContext,
  open: OpenConnectionContext,
  refused: StepProblem,
): Promise<Response> {
  const at = await openRolloutContext(open, c)
  const facts = await factsOf(at, sendsFrom(c))
  return showAgain(c, refused.problem, <RolloutPage at={at} facts={facts} refused={refused} />)
}

/** What was chosen has been saved, but for what the page names. */
export async function showChosen(
  c: AppContext,
  open: OpenConnectionContext,
  chosen: Chosen,
): Promise<Response> {
  const at = await openRolloutContext(open, c)
  const facts = await factsOf(at, sendsFrom(c))
  return showPage(c, <RolloutPage at={at} facts={facts} chosen={chosen} />)
}
