// The routes of a rollout's list: reading and deciding its rows, reconciling them with the IdP's, aliases.
import type { Hono } from 'hono'
import { type Problem, problem } from '../../../problem.ts'
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
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/admin-context.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import { AliasPage } from './alias-page.tsx'
import { CHUNKS_A_POST, OnwardPage, runChunks } from './chunks.tsx'
import { ListPage, type ListProps } from './list-page.tsx'
import { parseListQuery, readListQuery, type ListQuery } from './list-query.ts'
import { openRolloutContext, type RolloutContext } from './rollout-context.ts'
import { showRefused } from './show-rollout.tsx'
import { beginUpload, goOnUploading, readUpload, UPLOAD_BYTES, uploadFields } from './upload.ts'

const ROWS = 50

/** Fifty rows, a reason, and where one was. */
const DECISION_BYTES = 64 * 1024

export function listRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/rollouts/:rollout/list', async (c) => {
    const at = await openRolloutContext(open, c)
    const query = readListQuery(c, `${at.path}/list`)
    return showPage(c, <ListPage {...await readPage(at, query)} />)
  })

  routes.get('/rollouts/:rollout/list.csv', async (c) => {
    const { page, rollout, path } = await openRolloutContext(open, c)
    const { filter } = readListQuery(c, `${path}/list`)
    if (rollout.version === 0) throw new Refused('not_there')
    const name = `list-version-${rollout.version}.csv`
    return streamLines('text/csv', membersCSV(page.context, rollout.sid, filter), {
      'content-disposition': `attachment; filename="${name}"`,
    })
  })

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
    const mapped = takeOrShow(
      await mapAlias(page.context, page.connection.sid, { email, user: userSid }),
    )
    if (!mapped.ok) return showList(c, at, query, mapped.error)
    const decided = takeOrShow(
      await decideMembers(
        page.context,
        rollout.sid,
        form.number('version'),
        { users: [userSid] },
        { included: true, reason: `the IdP knows this person as ${email}` },
      ),
    )
    if (!decided.ok) return showList(c, at, query, decided.error)
    return decided.value.refused.length > 0
      ? showList(c, at, query, undefined, decided.value.refused)
      : seeOther(c, query.here, 'alias_mapped')
  })

  routes.get('/rollouts/:rollout/aliases', async (c) => {
    const at = await openRolloutContext(open, c)
    const user = c.req.query('user') ?? ''
    const values = { user: /^US[0-9a-f]{32}$/.test(user) ? user : '', email: '' }
    return showPage(c, await aliasPage(c, at, values))
  })

  routes.post('/rollouts/:rollout/aliases', async (c) => {
    const at = await openRolloutContext(open, c)
    const form = await readForm(c)
    const values = { user: form.text('user'), email: form.text('email') }
    const { context, connection } = at.page
    requireMay(at.page, 'test')
    const mapped = await mapAlias(context, connection.sid, values)
    if (mapped.ok) return seeOther(c, `${at.path}/aliases`, 'alias_mapped_only')
    // Whom nobody knows is a slip of the field, not of the address.
    const shown =
      mapped.error.code === 'not_there'
        ? problem('input', 'the login e-mail of a user of this tenant', values.user, 'user').error
        : mapped.error
    return showAgain(c, shown, await aliasPage(c, at, values, shown))
  })

  routes.post('/rollouts/:rollout/aliases/remove', async (c) => {
    const { page, path } = await openRolloutContext(open, c)
    const email = (await readForm(c)).text('email')
    take(await unmapAlias(page.context, page.connection.sid, email))
    return seeOther(c, `${path}/aliases`, 'alias_removed')
  })

  routes.post('/rollouts/:rollout/idp-users', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'test')
    const form = await readForm(c, UPLOAD_BYTES)
    const begun = form.text('upload') === '' ? await beginUpload(form) : readUpload(form)
    const upload = begun.ok ? await goOnUploading(at, begun.value) : begun
    if (!upload.ok) return showRefused(c, open, { step: 'review', problem: upload.error })
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
    const { context } = at.page
    const refreshed = await runChunks(() => refreshFindings(context, at.rollout.sid))
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

async function readPage(at: RolloutContext, query: ListQuery): Promise<ListProps> {
  const { page, rollout } = at
  if (rollout.version === 0) throw new Refused('not_there')
  const [members, summary] = await Promise.all([
    listMembers(page.context, rollout.sid, query.filter, { limit: ROWS, after: query.after }),
    summarizeMembers(page.context, rollout.sid),
  ])
  const { items } = take(members)
  const strangers = items.filter(({ findings }) => findings.includes('alias'))
  const suggestions =
    strangers.length > 0
      ? take(
          await suggestMatches(
            page.context,
            rollout.sid,
            strangers.map(({ userSid }) => userSid),
          ),
        )
      : {}
  return { at, members: take(members), query, summary: take(summary), suggestions }
}

/** Where the form of the list was, to come back to. Only a query of our own: never another address. */
function queryOf({ path }: RolloutContext, form: Form): ListQuery {
  return parseListQuery(new URLSearchParams(form.text('here')), `${path}/list`)
}

async function showList(
  c: AppContext,
  at: RolloutContext,
  query: ListQuery,
  refusal?: Problem,
  refused: readonly { userSid: string; findings: readonly Finding[] }[] = [],
  entered?: ListProps['entered'],
): Promise<Response> {
  const props = await readPage(at, query)
  const page = <ListPage {...props} problem={refusal} refused={refused} entered={entered} />
  return refusal ? showAgain(c, refusal, page) : showPage(c, page)
}

async function decide(c: AppContext, at: RolloutContext, form: Form): Promise<Response> {
  const { context } = at.page
  const { sid } = at.rollout
  const query = queryOf(at, form)
  const [users, reason, what] = [form.texts('users'), form.text('reason'), form.text('do')]
  const entered = { users, reason }
  const again = (refusal: Problem) => showList(c, at, query, refusal, [], entered)
  requireMay(at.page, 'test')
  if (what === 'sso_enabled' || what === 'password') {
    requireMay(at.page, 'operate')
    if (users.length === 0) return again(noRows())
    const back = takeOrShow(
      await rollBack(context, sid, { to: what, users, reason: reason || undefined }),
    )
    return back.ok ? seeOther(c, query.here, 'people_rolled_back') : again(back.error)
  }
  if (what !== 'include' && what !== 'exclude') throw new Refused('input')
  if (users.length === 0) return again(noRows())
  if (what === 'exclude' && reason === '') return again(noReason())
  const decided = takeOrShow(
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
    const decided = takeOrShow(
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
  const summary = take(await summarizeMembers(context, sid))
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
  at: RolloutContext,
  values: { user: string; email: string },
  refusal?: Problem,
) {
  const { context, connection } = at.page
  const after = (c.req.query('after') ?? '').slice(0, 400)
  const { items, next } = take(await listAliases(context, connection.sid, { limit: 50, after }))
  const nextHref = next ? `${at.path}/aliases?after=${encodeURIComponent(next)}` : undefined
  return <AliasPage at={at} aliases={items} nextHref={nextHref} values={values} problem={refusal} />
}
