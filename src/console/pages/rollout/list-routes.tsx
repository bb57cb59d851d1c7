// The routes of a rollout's list: reading and deciding its rows, reconciling them with the IdP's, aliases.
import type { Hono } from 'hono'
import { problem, type Problem } from '../../../result.ts'
import {
  decideMembers,
  isFinding,
  listAliases,
  listMembers,
  mapAlias,
  membersCSV,
  rollBack,
  refreshFindings,
  suggestMatches,
  summarizeMembers,
  unmapAlias,
  type Finding,
} from '../../../rollout/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { streamLines } from '../../../platform/http/stream-lines.ts'
import { requireMay, type OpenVisit } from '../connection/visit.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import { AliasPage } from './alias-page.tsx'
import { CHUNKS_A_POST, OnwardPage, runChunks } from './chunks.tsx'
import { ListPage, type ListProps } from './list-page.tsx'
import { parseListQuery, readListQuery, type ListQuery } from './list-query.ts'
import { visitRollout, type RolloutVisit } from './rollout-visit.ts'
import { showRefused } from './show-rollout.tsx'
import { beginUpload, goOnUploading, readUpload, UPLOAD_BYTES, uploadFields } from './upload.ts'

const ROWS = 50

/** Fifty rows, a reason, and where one was. */
const DECISION_BYTES = 64 * 1024

export function listRoutes(routes: Hono<App>, open: OpenVisit): void {
  routes.get('/rollouts/:rollout/list', async (c) => {
    const at = await visitRollout(open, c)
    const query = readListQuery(c, `${at.path}/list`)
    return showPage(c, <ListPage {...await readPage(at, query)} />)
  })

  routes.get('/rollouts/:rollout/list.csv', async (c) => {
    const { visit, rollout, path } = await visitRollout(open, c)
    const { filter } = readListQuery(c, `${path}/list`)
    if (rollout.version === 0) throw new Refused('not_there')
    const name = `list-version-${rollout.version}.csv`
    return streamLines('text/csv', membersCSV(visit.request, rollout.sid, filter), {
      'content-disposition': `attachment; filename="${name}"`,
    })
  })

  routes.post('/rollouts/:rollout/decide', async (c) => {
    const at = await visitRollout(open, c)
    const form = await readForm(c, DECISION_BYTES)
    return decide(c, at, form)
  })

  routes.post('/rollouts/:rollout/decide-all', async (c) => {
    const at = await visitRollout(open, c)
    const form = await readForm(c, DECISION_BYTES)
    return decideAll(c, at, form)
  })

  routes.post('/rollouts/:rollout/map', async (c) => {
    const at = await visitRollout(open, c)
    const form = await readForm(c, DECISION_BYTES)
    const { visit, rollout } = at
    const [userSid = '', email = ''] = form.text('map').split(' ')
    const query = queryOf(at, form)
    const mapped = takeOrShow(
      await mapAlias(visit.request, visit.connection.sid, { email, user: userSid }),
    )
    if (!mapped.ok) return showList(c, at, query, mapped.problem)
    const decided = takeOrShow(
      await decideMembers(
        visit.request,
        rollout.sid,
        form.number('version'),
        { users: [userSid] },
        { included: true, reason: `the IdP knows this person as ${email}` },
      ),
    )
    if (!decided.ok) return showList(c, at, query, decided.problem)
    return decided.value.refused.length > 0
      ? showList(c, at, query, undefined, decided.value.refused)
      : seeOther(c, query.here, 'alias_mapped')
  })

  routes.get('/rollouts/:rollout/aliases', async (c) => {
    const at = await visitRollout(open, c)
    const user = c.req.query('user') ?? ''
    const values = { user: /^US[0-9a-f]{32}$/.test(user) ? user : '', email: '' }
    return showPage(c, await aliasPage(c, at, values))
  })

  routes.post('/rollouts/:rollout/aliases', async (c) => {
    const at = await visitRollout(open, c)
    const form = await readForm(c)
    const values = { user: form.text('user'), email: form.text('email') }
    const { request, connection } = at.visit
    requireMay(at.visit, 'test')
    const mapped = await mapAlias(request, connection.sid, values)
    if (mapped.ok) return seeOther(c, `${at.path}/aliases`, 'alias_mapped_only')
    // Whom nobody knows is a slip of the field, not of the address.
    const shown =
      mapped.problem.code === 'not_there'
        ? problem('input', 'the login e-mail of a user of this tenant', values.user, 'user').problem
        : mapped.problem
    return showAgain(c, shown, await aliasPage(c, at, values, shown))
  })

  routes.post('/rollouts/:rollout/aliases/remove', async (c) => {
    const { visit, path } = await visitRollout(open, c)
    const email = (await readForm(c)).text('email')
    take(await unmapAlias(visit.request, visit.connection.sid, email))
    return seeOther(c, `${path}/aliases`, 'alias_removed')
  })

  routes.post('/rollouts/:rollout/idp-users', async (c) => {
    const at = await visitRollout(open, c)
    requireMay(at.visit, 'test')
    const form = await readForm(c, UPLOAD_BYTES)
    const begun = form.text('upload') === '' ? await beginUpload(form) : readUpload(form)
    const upload = begun.ok ? await goOnUploading(at, begun.value) : begun
    if (!upload.ok) return showRefused(c, open, { step: 'review', problem: upload.problem })
    if (upload.value) {
      const { seen, total } = upload.value
      return showPage(
        c,
        <OnwardPage
          at={at}
          title="Uploading the IdP’s list"
          action={`${at.path}/idp-users`}
          hidden={uploadFields(upload.value)}
          progress={{ seen, remaining: total - seen }}
          of="addresses"
        />,
      )
    }
    const { request } = at.visit
    const refreshed = await runChunks(() => refreshFindings(request, at.rollout.sid))
    // Before there is a list there is nothing to look at again.
    if (!refreshed.ok || refreshed.value.done)
      return seeOther(c, `${at.path}#review`, 'idp_users_uploaded')
    return showPage(
      c,
      <OnwardPage
        at={at}
        title="Looking at the rows again"
        action={`${at.path}/refresh`}
        progress={refreshed.value}
      />,
    )
  })
}

async function readPage(at: RolloutVisit, query: ListQuery): Promise<ListProps> {
  const { visit, rollout } = at
  if (rollout.version === 0) throw new Refused('not_there')
  const [page, summary] = await Promise.all([
    listMembers(visit.request, rollout.sid, query.filter, { limit: ROWS, after: query.after }),
    summarizeMembers(visit.request, rollout.sid),
  ])
  const { items } = take(page)
  const strangers = items.filter(({ findings }) => findings.includes('alias'))
  const suggestions =
    strangers.length > 0
      ? take(
          await suggestMatches(
            visit.request,
            rollout.sid,
            strangers.map(({ userSid }) => userSid),
          ),
        )
      : {}
  return { at, page: take(page), query, summary: take(summary), suggestions }
}

/** Where the form of the list was, to come back to. Only a query of our own: never another address. */
function queryOf({ path }: RolloutVisit, form: Form): ListQuery {
  return parseListQuery(new URLSearchParams(form.text('here')), `${path}/list`)
}

async function showList(
  c: AppContext,
  at: RolloutVisit,
  query: ListQuery,
  refusal?: Problem,
  refused: readonly { userSid: string; findings: readonly Finding[] }[] = [],
  entered?: ListProps['entered'],
): Promise<Response> {
  const props = await readPage(at, query)
  const page = <ListPage {...props} problem={refusal} refused={refused} entered={entered} />
  return refusal ? showAgain(c, refusal, page) : showPage(c, page)
}

async function decide(c: AppContext, at: RolloutVisit, form: Form): Promise<Response> {
  const { request } = at.visit
  const { sid } = at.rollout
  const query = queryOf(at, form)
  const [users, reason, what] = [form.texts('users'), form.text('reason'), form.text('do')]
  const entered = { users, reason }
  const again = (refusal: Problem) => showList(c, at, query, refusal, [], entered)
  requireMay(at.visit, 'test')
  if (what === 'sso_enabled' || what === 'password') {
    requireMay(at.visit, 'operate')
    if (users.length === 0) return again(noRows())
    const back = takeOrShow(
      await rollBack(request, sid, { to: what, users, reason: reason || undefined }),
    )
    return back.ok ? seeOther(c, query.here, 'people_rolled_back') : again(back.problem)
  }
  if (what !== 'include' && what !== 'exclude') throw new Refused('input')
  if (users.length === 0) return again(noRows())
  if (what === 'exclude' && reason === '') return again(noReason())
  const decided = takeOrShow(
    await decideMembers(
      request,
      sid,
      form.number('version'),
      { users },
      { included: what === 'include', reason: reason || null },
    ),
  )
  if (!decided.ok) return again(decided.problem)
  return decided.value.refused.length > 0
    ? showList(c, at, query, undefined, decided.value.refused)
    : seeOther(c, query.here, 'rows_decided')
}

function noRows(): Problem {
  return problem('input', 'at least one row that is ticked', '0', 'users').problem
}

function noReason(): Problem {
  return problem('input', 'a reason for leaving out', '', 'reason').problem
}

async function decideAll(c: AppContext, at: RolloutVisit, form: Form): Promise<Response> {
  const { request } = at.visit
  const { sid } = at.rollout
  requireMay(at.visit, 'test')
  const [what, reason, named] = [form.text('do'), form.text('reason'), form.text('finding')]
  if ((what !== 'include' && what !== 'exclude') || (named !== '' && !isFinding(named)))
    throw new Refused('input')
  const finding = named === '' ? null : (named as Finding)
  const query = parseListQuery(new URLSearchParams(finding ? { finding } : {}), `${at.path}/list`)
  const version = form.number('version')
  let after = form.text('after') || undefined
  let seen = Number.isNaN(form.number('seen')) ? 0 : form.number('seen')
  for (let turn = 0; turn < CHUNKS_A_POST; turn++) {
    const decided = takeOrShow(
      await decideMembers(
        request,
        sid,
        version,
        { finding, after },
        { included: what === 'include', reason: reason || null },
      ),
    )
    if (!decided.ok) return showList(c, at, query, decided.problem, [], { users: [], reason })
    seen += decided.value.decided + decided.value.refused.length
    if (decided.value.next === null) return seeOther(c, query.here, 'rows_decided')
    after = decided.value.next
  }
  const summary = take(await summarizeMembers(request, sid))
  const total = finding ? summary.findings[finding].rows : summary.rows
  return showPage(
    c,
    <OnwardPage
      at={at}
      title="Deciding the rows"
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

async function aliasPage(
  c: AppContext,
  at: RolloutVisit,
  values: { user: string; email: string },
  refusal?: Problem,
) {
  const { request, connection } = at.visit
  const after = (c.req.query('after') ?? '').slice(0, 400)
  const { items, next } = take(await listAliases(request, connection.sid, { limit: 50, after }))
  const nextHref = next ? `${at.path}/aliases?after=${encodeURIComponent(next)}` : undefined
  return <AliasPage at={at} aliases={items} nextHref={nextHref} values={values} problem={refusal} />
}
