// Routes of the last steps: enable SSO, give the go-ahead, enforce now or on a date.
import type { Hono } from 'hono'
import { problem } from '../../../problem.ts'
import {
  approve,
  enable,
  enforce,
  getProgress,
  scheduleEnforcement,
} from '../../../rollout/operations.ts'
import type { App } from '../../../platform/http/http.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import { openRolloutContext, type RolloutContext } from './rollout-context.ts'
import { runStep } from './run-step.tsx'
import { showRefused } from './show-rollout.tsx'

const isMove = ({ rollout }: RolloutContext) => rollout.fromConnectionSid !== null

export function enableRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/rollouts/:rollout/enable', async (c) => {
    const at = await openRolloutContext(open, c)
    const version = (await readForm(c)).number('version')
    return runStep(c, open, at, () => enable(at.page.context, at.rollout.sid, { version }), {
      step: 'enable',
      title: isMove(at) ? 'Opening the second way' : 'Enabling SSO',
      action: 'enable',
      notice: isMove(at) ? 'second_way_opened' : 'list_enabled',
      hidden: { version: `${version}` },
    })
  })

  routes.post('/rollouts/:rollout/go-ahead', async (c) => {
    const { page, rollout, path } = await openRolloutContext(open, c)
    const form = await readForm(c)
    const uninformedReason = form.text('uninformedReason')
    const approved = unwrapOrShow(
      await approve(page.context, rollout.sid, {
        version: form.number('version'),
        uninformedReason: uninformedReason || undefined,
      }),
    )
    if (approved.ok) return seeOther(c, `${path}#go-ahead`, 'go_ahead_given')
    const { code } = approved.error
    // The field where the reader can answer.
    const field = code === 'rollout_uninformed' ? { field: 'uninformedReason' } : {}
    return showRefused(c, open, {
      step: 'go-ahead',
      problem: { ...approved.error, ...field },
      entered: { uninformedReason },
    })
  })
}

export function enforceRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/rollouts/:rollout/enforce', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'operate')
    const form = await readForm(c)
    const read = await readEnforcement(at, form)
    const entered = Object.fromEntries(
      ['scope', 'lockedOut', 'when', 'at'].map((name) => [name, form.text(name)]),
    )
    if (!read.ok) return showRefused(c, open, { step: 'enforce', problem: read.error, entered })
    const { date, ...enforcement } = read.value
    const { context } = at.page
    if (date !== null) {
      const order = { ...enforcement, at: date }
      const set = unwrapOrShow(await scheduleEnforcement(context, at.rollout.sid, order))
      return set.ok
        ? seeOther(c, `${at.path}#enforce`, 'date_set')
        : showRefused(c, open, { step: 'enforce', problem: set.error, entered })
    }
    return runStep(c, open, at, () => enforce(context, at.rollout.sid, enforcement), {
      step: 'enforce',
      title: isMove(at) ? 'Moving people' : 'Enforcing SSO',
      action: 'enforce',
      notice: isMove(at) ? 'list_moved' : 'list_enforced',
      hidden: {
        version: `${enforcement.version}`,
        scope: enforcement.scope,
        lockedOut: `${enforcement.lockedOut}`,
      },
      entered,
    })
  })

  routes.post('/rollouts/:rollout/schedule/remove', async (c) => {
    const { page, rollout, path } = await openRolloutContext(open, c)
    const { version } = rollout
    const removed = unwrapOrShow(
      await scheduleEnforcement(page.context, rollout.sid, { version, at: null }),
    )
    return removed.ok
      ? seeOther(c, `${path}#enforce`, 'date_removed')
      : showRefused(c, open, { step: 'enforce', problem: removed.error })
  })
}

/**
 * Reads the order to enforce. "Everyone" must be confirmed by the current number of people whom it
 * locks out, unless that run is in progress. Refuses `input` and `rollout_locks_out`.
 */
async function readEnforcement(at: RolloutContext, form: Form) {
  const scope = form.text('scope') === 'all' ? ('all' as const) : ('proved' as const)
  const version = form.number('version')
  const typed = form.number('lockedOut')
  const isUnderWay = at.rollout.cursors.enforce?.part === scope
  const { context } = at.page
  if (scope === 'all' && !isUnderWay) {
    const { unproved } = unwrap(await getProgress(context, at.rollout.sid)).counts
    if (unproved > 0 && typed !== unproved)
      return problem('rollout_locks_out', `${unproved}`, form.text('lockedOut'), 'lockedOut')
  }
  const lockedOut = Number.isNaN(typed) ? 0 : typed
  if (form.text('when') !== 'date')
    return { ok: true as const, value: { scope, version, lockedOut, date: null } }
  const date = Date.parse(`${form.text('at')}Z`)
  return Number.isNaN(date)
    ? problem('input', 'a date and a time', form.text('at'), 'at')
    : { ok: true as const, value: { scope, version, lockedOut, date } }
}
