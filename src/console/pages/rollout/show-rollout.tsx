// The rollout's page after a POST, with what was refused.
import { sendsMail } from '../../../mail/open-mail.ts'
import type { AppContext } from '../../../platform/http/http.ts'
import type { OpenConnectionContext } from '../shared/connection-context.ts'
import { showAgain, showPage } from '../../kit/admin-context.tsx'
import type { Chosen } from './choose-form.tsx'
import { factsOf } from './facts.ts'
import { RolloutPage, type StepProblem } from './rollout-page.tsx'
import { openRolloutContext } from './rollout-context.ts'

/** The rollout's page with the reason for a refusal. */
export async function showRefused(
  c: AppContext,
  open: OpenConnectionContext,
  refused: StepProblem,
): Promise<Response> {
  const at = await openRolloutContext(open, c)
  const facts = await factsOf(at, sendsMail(c.env))
  return showAgain(c, refused.problem, <RolloutPage at={at} facts={facts} refused={refused} />)
}

/** The rollout's page after a selection was saved in part. */
export async function showChosen(
  c: AppContext,
  open: OpenConnectionContext,
  chosen: Chosen,
): Promise<Response> {
  const at = await openRolloutContext(open, c)
  const facts = await factsOf(at, sendsMail(c.env))
  return showPage(c, <RolloutPage at={at} facts={facts} chosen={chosen} />)
}
