// Routes that give people their passwords back: whom, the confirmation, and the step itself.
import type { Hono } from 'hono'
import { openMail, sendsMail } from '../../../mail/open-mail.ts'
import { contactTeller } from '../../../mail/tell-contacts.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { type Problem, problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import {
  previewRollBack,
  rollBack,
  type RollbackPreview,
  type Target,
  type TellContacts,
} from '../../../rollout/operations.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { ConfirmPage, GiveBackPage, type GiveBackChoice } from './give-back-page.tsx'
import { openRolloutContext, type RolloutContext } from './rollout-context.ts'
import { runStep } from './run-step.tsx'

export function giveBackRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  const openTo = async (c: AppContext) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'rollBack')
    return at
  }

  routes.get('/rollouts/:rollout/roll-back', async (c) => {
    const at = await openTo(c)
    const choice = { ...FIRST, to: targetOf(at, c.req.query('to')) }
    return showPage(c, <GiveBackPage at={at} counts={await countsOf(at)} choice={choice} />)
  })

  routes.get('/rollouts/:rollout/roll-back/confirm', async (c) => {
    const at = await openTo(c)
    const choice: GiveBackChoice = {
      who: oneOf(c.req.query('who'), ['all', 'unproved', 'outside', 'person']),
      email: (c.req.query('email') ?? '').trim().slice(0, 320),
      to: targetOf(at, c.req.query('to')),
    }
    const preview = unwrapOrShow(await previewOf(at, choice))
    if (preview.ok)
      return showPage(c, <ConfirmPage at={at} choice={choice} preview={preview.value} />)
    const page = (
      <GiveBackPage at={at} counts={await countsOf(at)} choice={choice} problem={preview.error} />
    )
    return showAgain(c, preview.error, page)
  })

  routes.post('/rollouts/:rollout/roll-back', async (c) => {
    const at = await openTo(c)
    const form = await readForm(c)
    const { context } = at.page
    const who = oneOf(form.text('who'), ['all', 'unproved', 'outside', 'person'])
    const to = form.text('to') as Target
    const withoutPassword = oneOf(form.text('withoutPassword'), ['give_back', 'keep_sso'])
    const order = { to, withoutPassword, tell: tellerFrom(c, context) }
    if (who === 'person') {
      const users = [form.text('user')]
      unwrap(await rollBack(context, at.rollout.sid, { ...order, users }))
      const notice = to === 'earlier' ? 'people_taken_back' : 'people_rolled_back'
      return seeOther(c, `${at.path}#roll-back`, notice)
    }
    return runStep(c, open, at, () => rollBack(context, at.rollout.sid, { ...order, scope: who }), {
      step: who === 'unproved' ? 'enforce' : 'roll-back',
      title: who === 'all' ? 'Rolling back' : 'Giving passwords back',
      action: 'roll-back',
      notice: to === 'earlier' ? 'people_taken_back' : GIVEN_BACK[who],
      hidden: { to, who, withoutPassword },
    })
  })
}

const GIVEN_BACK = {
  all: 'rolled_back',
  unproved: 'passwords_given_back',
  outside: 'passwords_given_back_outside',
} as const

/** Writes to owners, support and security contacts where this deployment sends mail. */
export function tellerFrom(c: AppContext, context: OperationContext): TellContacts | undefined {
  // Half a configuration must not keep anybody from a rollback.
  return sendsMail(c.env) ? contactTeller(context, openMail(c.env, c.var.config)) : undefined
}

const FIRST: GiveBackChoice = { who: 'all', email: '', to: 'sso_enabled' }

function previewOf(
  { page, rollout }: RolloutContext,
  { who, email, to }: GiveBackChoice,
): Promise<Result<RollbackPreview, Problem>> {
  if (who === 'person')
    return email === ''
      ? Promise.resolve(problem('input', 'a login e-mail', 'none', 'user'))
      : previewRollBack(page.context, rollout.sid, { to, user: email })
  return previewRollBack(page.context, rollout.sid, { to, scope: who })
}

async function countsOf({ page, rollout }: RolloutContext) {
  const of = (scope: 'all' | 'unproved' | 'outside') =>
    previewRollBack(page.context, rollout.sid, { to: 'sso_enabled', scope })
  const [all, unproved, outside] = await Promise.all([of('all'), of('unproved'), of('outside')])
  return { all: unwrap(all), unproved: unwrap(unproved), outside: unwrap(outside) }
}

function targetOf({ rollout }: RolloutContext, asked: string | undefined): Target {
  if (rollout.fromConnectionSid === null) return oneOf(asked, ['sso_enabled', 'password'])
  return oneOf(asked, ['earlier', 'sso_enabled', 'password'])
}

/** The first where the value is none of them. */
function oneOf<T extends string>(value: string | undefined, values: readonly [T, ...T[]]): T {
  return values.find((one) => one === value) ?? values[0]
}
