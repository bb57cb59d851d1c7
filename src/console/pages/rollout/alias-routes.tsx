// Routes of aliases: list, map and remove.
import type { Hono } from 'hono'
import { type Problem, problem } from '../../../problem.ts'
import { listAliases, mapAlias, unmapAlias } from '../../../rollout/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showAgain, showPage, unwrap } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { AliasPage } from './alias-page.tsx'
import { openRolloutContext, type RolloutContext } from './rollout-context.ts'

export function aliasRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
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
    requireMay(at.page, 'configure')
    const mapped = await mapAlias(context, connection.sid, values)
    if (mapped.ok) return seeOther(c, `${at.path}/aliases`, 'alias_mapped_only')
    // An unknown user is an error of the field, not of the page's URL.
    const shown =
      mapped.error.code === 'not_there'
        ? problem('input', 'the login e-mail of a user of this tenant', values.user, 'user').error
        : mapped.error
    return showAgain(c, shown, await aliasPage(c, at, values, shown))
  })

  routes.post('/rollouts/:rollout/aliases/remove', async (c) => {
    const { page, path } = await openRolloutContext(open, c)
    const email = (await readForm(c)).text('email')
    unwrap(await unmapAlias(page.context, page.connection.sid, email))
    return seeOther(c, `${path}/aliases`, 'alias_removed')
  })
}

async function aliasPage(
  c: AppContext,
  at: RolloutContext,
  values: { user: string; email: string },
  refusal?: Problem,
) {
  const { context, connection } = at.page
  const after = (c.req.query('after') ?? '').slice(0, 400)
  const { items, next } = unwrap(await listAliases(context, connection.sid, { limit: 50, after }))
  const nextHref = next ? `${at.path}/aliases?after=${encodeURIComponent(next)}` : undefined
  return <AliasPage at={at} aliases={items} nextHref={nextHref} values={values} problem={refusal} />
}
