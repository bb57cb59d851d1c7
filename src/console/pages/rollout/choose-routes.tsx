// Routes of the first steps: select people, freeze the list, update its findings, review it.
import type { Hono } from 'hono'
import { deselectUsers, freeze, refreshFindings, review } from '../../../rollout/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { choose, CHOICE_BYTES, enteredIn } from './choose.ts'
import { parseListQuery } from './list-query.ts'
import { openRolloutContext, type RolloutContext } from './rollout-context.ts'
import { runStep } from './run-step.tsx'
import { showChosen, showRefused } from './show-rollout.tsx'

export function chooseRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/rollouts/:rollout/choose', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'operate')
    const form = await readForm(c, CHOICE_BYTES)
    const chosen = unwrapOrShow(await choose(at, form))
    if (!chosen.ok)
      return showRefused(c, open, {
        step: 'choose',
        problem: chosen.error,
        entered: enteredIn(form),
      })
    if (chosen.value.problems.length > 0) return showChosen(c, open, chosen.value)
    if (form.text('and') === 'freeze') return freezeFor(c, at)
    return seeOther(c, `${at.path}#choose`, 'selection_saved')
  })

  routes.post('/rollouts/:rollout/users/clear', async (c) => {
    const { page, rollout, path } = await openRolloutContext(open, c)
    const cleared = unwrapOrShow(await deselectUsers(page.context, rollout.sid, null))
    return cleared.ok
      ? seeOther(c, `${path}#choose`, 'selection_saved')
      : showRefused(c, open, { step: 'choose', problem: cleared.error })
  })

  const freezeFor = (c: AppContext, at: RolloutContext) =>
    runStep(c, open, at, () => freeze(at.page.context, at.rollout.sid), {
      step: 'choose',
      title: 'Freezing list',
      action: 'freeze',
      notice: 'list_frozen',
    })

  routes.post('/rollouts/:rollout/freeze', async (c) =>
    freezeFor(c, await openRolloutContext(open, c)),
  )
}

export function reviewRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/rollouts/:rollout/refresh', async (c) => {
    const at = await openRolloutContext(open, c)
    const here = (await readForm(c)).text('here')
    return runStep(c, open, at, () => refreshFindings(at.page.context, at.rollout.sid), {
      step: 'review',
      title: 'Updating findings',
      action: 'refresh',
      notice: 'list_refreshed',
      hidden: { here },
      // Only a query of our own: never another address.
      ...(here && {
        back: parseListQuery(new URLSearchParams(here), `${at.path}/list`).here,
      }),
    })
  })

  routes.post('/rollouts/:rollout/review', async (c) => {
    const { page, rollout, path } = await openRolloutContext(open, c)
    const form = await readForm(c)
    const reviewed = unwrapOrShow(
      await review(page.context, rollout.sid, {
        version: form.number('version'),
        includedExistInIdP: form.flag('includedExistInIdP'),
        automaticStayOut: form.flag('automaticStayOut'),
      }),
    )
    return reviewed.ok
      ? seeOther(c, `${path}#review`, 'list_reviewed')
      : showRefused(c, open, { step: 'review', problem: reviewed.error })
  })
}
