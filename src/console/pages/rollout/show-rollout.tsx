// The rollout's page after a POST, with what was refused.
import { ConfigError, readNoticeSender } from '../../../env.ts'
import type { AppContext } from '../../../platform/http/http.ts'
import type { OpenConnectionContext } from '../shared/connection-context.ts'
import { showAgain, showPage } from '../../kit/admin-context.tsx'
import type { Chosen } from './choose-form.tsx'
import { factsOf } from './facts.ts'
import { RolloutPage, type StepProblem } from './rollout-page.tsx'
import { openRolloutContext } from './rollout-context.ts'

/**
 * True if this deployment sends e-mail. Half a configuration fails on sending, not on every page.
 */
export function sendsFrom(c: AppContext): boolean {
  try {
    return readNoticeSender(c.env) !== null
  } catch (error) {
    if (error instanceof ConfigError) return false
    throw error
  }
}

/** The rollout's page with the reason for a refusal. */
export async function showRefused(
  c: AppContext,
  open: OpenConnectionContext,
  refused: StepProblem,
): Promise<Response> {
  const at = await openRolloutContext(open, c)
  const facts = await factsOf(at, sendsFrom(c))
  return showAgain(c, refused.problem, <RolloutPage at={at} facts={facts} refused={refused} />)
}

/** The rollout's page after a selection was saved in part. */
export async function showChosen(
  c: AppContext,
  open: OpenConnectionContext,
  chosen: Chosen,
): Promise<Response> {
  const at = await openRolloutContext(open, c)
  const facts = await factsOf(at, sendsFrom(c))
  return showPage(c, <RolloutPage at={at} facts={facts} chosen={chosen} />)
}
