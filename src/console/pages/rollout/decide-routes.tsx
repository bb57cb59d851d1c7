// Routes that decide about rows of a list: the selected ones, all of them, or one with an alias.
import type { Hono } from 'hono'
import { type Problem, problem } from '../../../problem.ts'
import {
  decideMembers,
  enforce,
  isFinding,
  mapAlias,
  rollBack,
  summarizeMembers,
  type Finding,
} from '../../../rollout/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import { CHUNKS_A_POST, ContinuePage } from './chunks.tsx'
import { tellerFrom } from './give-back-routes.tsx'
import { parseListQuery } from './list-query.ts'
import { openRolloutContext, type RolloutContext } from './rollout-context.ts'
import { queryOf, showList } from './show-list.tsx'

/** Room for fifty rows, a reason and the query. */
const DECISION_BYTES = 64 * 1024

export function decideRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/rollouts/:rollout/decide', async (c) => {
    const at = await openRolloutContext(open, c)
    const form = await readForm(c, DECISION_BYTES)
    return decide(c, at, form)
  })

  routes.post('/rollouts/:rollout/decide-all', async (c) => {
    const at = await openRolloutContext(open, c)
    const form = await readForm(c, DECISION_BYTES)
    return decideAll(c, at, form)
  })

  routes.post('/rollouts/:rollout/map', async (c) => {
    const at = await openRolloutContext(open, c)
    const form = await readForm(c, DECISION_BYTES)
    const { page, rollout } = at
    const [userSid = '', email = ''] = form.text('map').split(' ')
    const query = queryOf(at, form)
    const mapped = unwrapOrShow(
      await mapAlias(page.context, page.connection.sid, { email, user: userSid }),
    )
    if (!mapped.ok) return showList(c, at, query, mapped.error)
    const decided = unwrapOrShow(
      await decideMembers(
        page.context,
        rollout.sid,
        form.number('version'),
        { users: [userSid] },
        { included: true, reason: `known to the IdP as ${email}` },
      ),
    )
    if (!decided.ok) return showList(c, at, query, decided.error)
    return decided.value.refused.length > 0
      ? showList(c, at, query, undefined, decided.value.refused)
      : seeOther(c, query.here, 'alias_mapped')
  })
}

async function decide(c: AppContext, at: RolloutContext, form: Form): Promise<Response> {
  const { context } = at.page
  const { sid } = at.rollout
  const query = queryOf(at, form)
  const [users, reason, what] = [form.texts('users'), form.text('reason'), form.text('do')]
  const entered = { users, reason }
  const again = (refusal: Problem) => showList(c, at, query, refusal, [], entered)
  requireMay(at.page, 'test')
  if (what === 'move') {
    requireMay(at.page, 'operate')
    if (users.length === 0) return again(noRows())
    const version = form.number('version')
    const moved = unwrapOrShow(await enforce(context, sid, { version, users }))
    return moved.ok ? seeOther(c, query.here, 'list_moved') : again(moved.error)
  }
  if (what === 'sso_enabled' || what === 'password' || what === 'earlier') {
    requireMay(at.page, 'rollBack')
    if (users.length === 0) return again(noRows())
    const back = unwrapOrShow(
      await rollBack(context, sid, {
        to: what,
        users,
        reason: reason || undefined,
        tell: tellerFrom(c, context),
      }),
    )
    const notice = what === 'earlier' ? 'people_taken_back' : 'people_rolled_back'
    return back.ok ? seeOther(c, query.here, notice) : again(back.error)
  }
  if (what !== 'include' && what !== 'exclude') throw new Refused('input')
  if (users.length === 0) return again(noRows())
  if (what === 'exclude' && reason === '') return again(noReason())
  const decided = unwrapOrShow(
    await decideMembers(
      context,
      sid,
      form.number('version'),
      { users },
      { included: what === 'include', reason: reason || null },
    ),
  )
  if (!decided.ok) return again(decided.error)
  return decided.value.refused.length > 0
    ? showList(c, at, query, undefined, decided.value.refused)
    : seeOther(c, query.here, 'rows_decided')
}

function noRows(): Problem {
  return problem('input', 'at least one row', '0', 'users').error
}

function noReason(): Problem {
  return problem('input', 'a reason for the exclusion', '', 'reason').error
}

async function decideAll(c: AppContext, at: RolloutContext, form: Form): Promise<Response> {
  const { context } = at.page
  const { sid } = at.rollout
  requireMay(at.page, 'test')
  const [what, reason, named] = [form.text('do'), form.text('reason'), form.text('finding')]
  if ((what !== 'include' && what !== 'exclude') || (named !== '' && !isFinding(named)))
    throw new Refused('input')
  const finding = named === '' ? null : (named as Finding)
  const query = parseListQuery(new URLSearchParams(finding ? { finding } : {}), `${at.path}/list`)
  const version = form.number('version')
  let after = form.text('after') || undefined
  let seen = Number.isNaN(form.number('seen')) ? 0 : form.number('seen')
  for (let turn = 0; turn < CHUNKS_A_POST; turn++) {
    const decided = unwrapOrShow(
      await decideMembers(
        context,
        sid,
        version,
        { finding, after },
        { included: what === 'include', reason: reason || null },
      ),
    )
    if (!decided.ok) return showList(c, at, query, decided.error, [], { users: [], reason })
    seen += decided.value.decided + decided.value.refused.length
    if (decided.value.next === null) return seeOther(c, query.here, 'rows_decided')
    after = decided.value.next
  }
  const summary = unwrap(await summarizeMembers(context, sid))
  const total = finding ? summary.findings[finding].rows : summary.rows
  return showPage(
    c,
    <ContinuePage
      at={at}
      title="Updating rows"
      action={`${at.path}/decide-all`}
      hidden={{
        version: `${version}`,
        finding: named,
        do: what,
        reason,
        after: after ?? '',
        seen: `${seen}`,
      }}
      progress={{ seen, remaining: Math.max(0, total - seen) }}
    />,
  )
}
