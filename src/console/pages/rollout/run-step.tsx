// Runs a long step of a rollout: as much as one POST may do, then the page that continues.
import type { Problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import type { Progress } from '../../../rollout/operations.ts'
import type { AppContext } from '../../../platform/http/http.ts'
import type { OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showPage, unwrapOrShow } from '../../kit/admin-context.tsx'
import type { NoticeCode } from '../../kit/notices.ts'
import { ContinuePage, runChunks } from './chunks.tsx'
import type { RolloutContext } from './rollout-context.ts'
import type { RolloutPageStep } from './rollout-page.tsx'
import { showRefused } from './show-rollout.tsx'

type LongStep = {
  step: RolloutPageStep
  /** Title of the page that continues. */
  title: string
  action: string
  notice: NoticeCode | (() => NoticeCode)
  hidden?: Readonly<Record<string, string>>
  entered?: Readonly<Record<string, string>>
  turns?: number
  /** Where to return, if not to the step's section. */
  back?: string
}

/** Runs a part of a long step, then shows the rollout's page or the page that continues. */
export async function runStep<T extends Progress>(
  c: AppContext,
  open: OpenConnectionContext,
  at: RolloutContext,
  call: () => Promise<Result<T, Problem>>,
  { step, title, action, notice, hidden, entered, turns, back }: LongStep,
): Promise<Response> {
  const came = unwrapOrShow(await runChunks(call, turns))
  if (!came.ok)
    return showRefused(c, open, {
      step,
      problem: came.error,
      ...(entered && { entered }),
    })
  if (came.value.done)
    return seeOther(c, back ?? `${at.path}#${step}`, typeof notice === 'string' ? notice : notice())
  return showPage(
    c,
    <ContinuePage
      at={at}
      title={title}
      action={`${at.path}/${action}`}
      {...(hidden && { hidden })}
      progress={came.value}
    />,
  )
}
