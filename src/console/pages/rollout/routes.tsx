// Routes of rollouts below a connection, in console and portal. The operations check permissions.
import type { Hono } from 'hono'
import {
  compareVersions,
  createRollout,
  listRolloutEvents,
  listRollouts,
} from '../../../rollout/operations.ts'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { showAgain, seeOther, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import { factsOf } from './facts.ts'
import { RolloutHistoryPage } from './history-page.tsx'
import { aliasRoutes } from './alias-routes.tsx'
import { chooseRoutes, reviewRoutes } from './choose-routes.tsx'
import { decideRoutes } from './decide-routes.tsx'
import { enableRoutes, enforceRoutes } from './enforce-routes.tsx'
import { giveBackRoutes } from './give-back-routes.tsx'
import { idpUsersRoutes } from './idp-users-routes.tsx'
import { informRoutes } from './inform-routes.tsx'
import { listRoutes } from './list-routes.tsx'
import { moveRoutes } from './move-routes.tsx'
import { RolloutPage } from './rollout-page.tsx'
import { openRolloutContext } from './rollout-context.ts'
import { NewRolloutPage, RolloutsPage } from './rollouts-page.tsx'
import { sendsMail } from '../../../mail/open-mail.ts'
import { VersionsPage } from './versions-page.tsx'

export function rolloutRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/rollouts', async (c) => {
    const at = await open(c)
    const page = readListPage(c)
    const of = { connectionSid: at.connection.sid }
    const { items, next } = unwrap(await listRollouts(at.context, of, page.request))
    return showPage(c, <RolloutsPage at={at} rollouts={items} links={page.links(next)} />)
  })

  routes.get('/rollouts/new', async (c) => {
    const at = await open(c)
    requireMay(at, 'operate')
    return showPage(c, <NewRolloutPage at={at} name="" />)
  })

  routes.post('/rollouts', async (c) => {
    const at = await open(c)
    requireMay(at, 'operate')
    const name = (await readForm(c)).text('name')
    const { context, connection, base } = at
    const created = unwrapOrShow(await createRollout(context, connection.sid, { name }))
    if (created.ok) return seeOther(c, `${base}/rollouts/${created.value.sid}`, 'rollout_created')
    const page = <NewRolloutPage at={at} name={name} problem={created.error} />
    return showAgain(c, created.error, page)
  })

  routes.get('/rollouts/:rollout', async (c) => {
    const at = await openRolloutContext(open, c)
    return showPage(c, <RolloutPage at={at} facts={await factsOf(at, sendsMail(c.env))} />)
  })

  routes.get('/rollouts/:rollout/versions', async (c) => {
    const at = await openRolloutContext(open, c)
    const asked = (name: string, otherwise: number) => {
      const text = c.req.query(name) ?? ''
      return /^\d{1,9}$/.test(text) ? Number(text) : otherwise
    }
    const { version, sid } = at.rollout
    const [from, to] = [asked('from', Math.max(1, version - 1)), asked('to', version)]
    const after = (name: string) => {
      const sidAsked = c.req.query(name) ?? ''
      return /^US[0-9a-f]{32}$/.test(sidAsked) ? { [name]: sidAsked } : {}
    }
    const compared = await compareVersions(at.page.context, sid, from, to, {
      limit: 100,
      after: { ...after('added'), ...after('dropped') },
    })
    // A version that does not exist is a page that does not exist.
    if (!compared.ok) throw new Refused('not_there')
    return showPage(c, <VersionsPage at={at} from={from} to={to} comparison={compared.value} />)
  })

  routes.get('/rollouts/:rollout/history', async (c) => {
    const at = await openRolloutContext(open, c)
    const page = readListPage(c)
    const { context } = at.page
    const { items, next } = unwrap(await listRolloutEvents(context, at.rollout.sid, page.request))
    return showPage(c, <RolloutHistoryPage at={at} events={items} links={page.links(next)} />)
  })

  for (const partRoutes of [
    chooseRoutes,
    reviewRoutes,
    enableRoutes,
    informRoutes,
    enforceRoutes,
    giveBackRoutes,
    moveRoutes,
    listRoutes,
    decideRoutes,
    aliasRoutes,
    idpUsersRoutes,
  ])
    partRoutes(routes, open)
}
