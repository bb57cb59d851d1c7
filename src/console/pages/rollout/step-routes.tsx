// What a rollout's steps do: each post does a part that one request can do, and says how to go on.
import type { Hono } from 'hono'
import { readNoticeSender } from '../../../env.ts'
import { type Problem, problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import {
  approve,
  createSender,
  deselectUsers,
  enable,
  enforce,
  freeze,
  getProgress,
  inform,
  recipientsCSV,
  refreshFindings,
  review,
  rollBack,
  scheduleEnforcement,
  setNotice,
  type Progress,
} from '../../../rollout/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { streamLines } from '../../../platform/http/stream-lines.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/admin-context.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import type { NoticeCode } from '../../kit/notices.ts'
import { choose, CHOICE_BYTES, enteredIn } from './choose.ts'
import { OnwardPage, runChunks } from './chunks.tsx'
import { parseListQuery } from './list-query.ts'
import { firstNotice, NoticePage } from './notice-page.tsx'
import type { RolloutStep } from './rollout-page.tsx'
import { openRolloutContext, type RolloutContext } from './rollout-context.ts'
import { showChosen, showRefused } from './show-rollout.tsx'

/** Messages are twenty a call, each a request of its own: one call a post. */
const SENDINGS_A_POST = 1

type Work = {
  step: RolloutStep
  /** What the page in between is called. */
  title: string
  action: string
  notice: NoticeCode | (() => NoticeCode)
  hidden?: Readonly<Record<string, string>>
  entered?: Readonly<Record<string, string>>
  turns?: number
  /** Where it comes back to, if not to its own section. */
  back?: string
}

export function stepRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  /** Does a part of a long step; then the rollout's page, or the page that goes on. */
  async function work<T extends Progress>(
    c: AppContext,
    at: RolloutContext,
    call: () => Promise<Result<T, Problem>>,
    { step, title, action, notice, hidden, entered, turns, back }: Work,
  ): Promise<Response> {
    const came = takeOrShow(await runChunks(call, turns))
    if (!came.ok)
      return showRefused(c, open, {
        step,
        problem: came.error,
        ...(entered && { entered }),
      })
    if (came.value.done)
      return seeOther(
        c,
        back ?? `${at.path}#${step}`,
        typeof notice === 'string' ? notice : notice(),
      )
    return showPage(
      c,
      <OnwardPage
        at={at}
        title={title}
        action={`${at.path}/${action}`}
        {...(hidden && { hidden })}
        progress={came.value}
      />,
    )
  }

  routes.post('/rollouts/:rollout/choose', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'operate')
    const form = await readForm(c, CHOICE_BYTES)
    const chosen = takeOrShow(await choose(at, form))
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
    const cleared = takeOrShow(await deselectUsers(page.context, rollout.sid, null))
    return cleared.ok
      ? seeOther(c, `${path}#choose`, 'selection_saved')
      : showRefused(c, open, { step: 'choose', problem: cleared.error })
  })

  const freezeFor = (c: AppContext, at: RolloutContext) =>
    work(c, at, () => freeze(at.page.context, at.rollout.sid), {
      step: 'choose',
      title: 'Making the list',
      action: 'freeze',
      notice: 'list_frozen',
    })

  routes.post('/rollouts/:rollout/freeze', async (c) =>
    freezeFor(c, await openRolloutContext(open, c)),
  )

  routes.post('/rollouts/:rollout/refresh', async (c) => {
    const at = await openRolloutContext(open, c)
    const here = (await readForm(c)).text('here')
    return work(c, at, () => refreshFindings(at.page.context, at.rollout.sid), {
      step: 'review',
      title: 'Looking at the rows again',
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
    const reviewed = takeOrShow(
      await review(page.context, rollout.sid, {
        version: form.number('version'),
        includedExistInIdP: form.flag('includedExistInIdP'),
      }),
    )
    return reviewed.ok
      ? seeOther(c, `${path}#review`, 'list_reviewed')
      : showRefused(c, open, { step: 'review', problem: reviewed.error })
  })

  routes.post('/rollouts/:rollout/enable', async (c) => {
    const at = await openRolloutContext(open, c)
    const version = (await readForm(c)).number('version')
    return work(c, at, () => enable(at.page.context, at.rollout.sid, { version }), {
      step: 'enable',
      title: 'Enabling SSO',
      action: 'enable',
      notice: 'list_enabled',
      hidden: { version: `${version}` },
    })
  })

  routes.get('/rollouts/:rollout/notice', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'test')
    return showPage(c, <NoticePage at={at} values={firstNotice(at)} />)
  })

  routes.post('/rollouts/:rollout/notice', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'test')
    const form = await readForm(c)
    const values = {
      subject: form.text('subject'),
      text: form.text('text').replaceAll('\r\n', '\n'),
      link: form.text('link'),
      date: form.text('date'),
    }
    if (form.text('do') === 'preview') return showPage(c, <NoticePage at={at} values={values} />)
    const { context } = at.page
    const set = takeOrShow(
      await setNotice(context, at.rollout.sid, {
        ...values,
        link: values.link || null,
        date: values.date || null,
      }),
    )
    if (set.ok) return seeOther(c, `${at.path}#inform`, 'notice_saved')
    const page = <NoticePage at={at} values={values} problem={set.error} />
    return showAgain(c, set.error, page)
  })

  routes.get('/rollouts/:rollout/recipients.csv', async (c) => {
    const { page, rollout } = await openRolloutContext(open, c)
    return streamLines('text/csv', recipientsCSV(page.context, rollout.sid), {
      'content-disposition': 'attachment; filename="recipients.csv"',
    })
  })

  routes.post('/rollouts/:rollout/inform', async (c) => {
    const at = await openRolloutContext(open, c)
    const form = await readForm(c)
    const [version, by] = [form.number('version'), form.text('by')]
    const sender = by === 'email' ? readNoticeSender(c.env) : null
    if (by !== 'hand' && !sender) throw new Refused('input')
    const send = sender ? createSender(sender.binding, sender.from) : undefined
    let left = 0
    const call = async () => {
      const step = await inform(at.page.context, at.rollout.sid, { version, send })
      if (step.ok) left = step.value.left
      return step
    }
    return work(c, at, call, {
      step: 'inform',
      title: send ? 'Sending the notice' : 'Recording who has been informed',
      action: 'inform',
      notice: () => (left > 0 ? 'people_informed_in_part' : 'people_informed'),
      hidden: { version: `${version}`, by },
      ...(send && { turns: SENDINGS_A_POST }),
    })
  })

  routes.post('/rollouts/:rollout/go-ahead', async (c) => {
    const { page, rollout, path } = await openRolloutContext(open, c)
    const form = await readForm(c)
    const uninformedReason = form.text('uninformedReason')
    const approved = takeOrShow(
      await approve(page.context, rollout.sid, {
        version: form.number('version'),
        uninformedReason: uninformedReason || undefined,
      }),
    )
    if (approved.ok) return seeOther(c, `${path}#go-ahead`, 'go_ahead_given')
    const { code } = approved.error
    // The field in which it can be answered.
    const field = code === 'rollout_uninformed' ? { field: 'uninformedReason' } : {}
    return showRefused(c, open, {
      step: 'go-ahead',
      problem: { ...approved.error, ...field },
      entered: { uninformedReason },
    })
  })

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
      const set = takeOrShow(await scheduleEnforcement(context, at.rollout.sid, order))
      return set.ok
        ? seeOther(c, `${at.path}#enforce`, 'date_set')
        : showRefused(c, open, { step: 'enforce', problem: set.error, entered })
    }
    return work(c, at, () => enforce(context, at.rollout.sid, enforcement), {
      step: 'enforce',
      title: 'Enforcing',
      action: 'enforce',
      notice: 'list_enforced',
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
    const removed = takeOrShow(
      await scheduleEnforcement(page.context, rollout.sid, { version, at: null }),
    )
    return removed.ok
      ? seeOther(c, `${path}#enforce`, 'date_removed')
      : showRefused(c, open, { step: 'enforce', problem: removed.error })
  })

  routes.post('/rollouts/:rollout/roll-back', async (c) => {
    const at = await openRolloutContext(open, c)
    const to = (await readForm(c)).text('to') as 'sso_enabled' | 'password'
    return work(c, at, () => rollBack(at.page.context, at.rollout.sid, { to }), {
      step: 'roll-back',
      title: 'Rolling back',
      action: 'roll-back',
      notice: 'rolled_back',
      hidden: { to },
    })
  })
}

/**
 * What enforcement was ordered. "Everybody" is confirmed by typing the number that is locked out: exactly the one that holds
 * now, unless it is under way already. Refuses `input` and `rollout_locks_out`.
 */
async function readEnforcement(at: RolloutContext, form: Form) {
  const scope = form.text('scope') === 'all' ? ('all' as const) : ('proved' as const)
  const version = form.number('version')
  const typed = form.number('lockedOut')
  const isUnderWay = at.rollout.cursors.enforce?.part === scope
  const { context } = at.page
  if (scope === 'all' && !isUnderWay) {
    const { unproved } = take(await getProgress(context, at.rollout.sid)).counts
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
