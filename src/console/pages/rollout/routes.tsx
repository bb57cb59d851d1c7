// The routes of rollouts below a connection, for either door. What somebody may do is for the operations to say.
import type { Hono } from 'hono'
import {
  compareVersions,
  createRollout,
  listRolloutEvents,
  listRollouts,
} from '../../../rollout/operations.ts'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { requireMay, type OpenVisit } from '../connection/visit.ts'
import { showAgain, seeOther, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import { factsOf } from './facts.ts'
import { RolloutHistoryPage } from './history-page.tsx'
import { listRoutes } from './list-routes.tsx'
import { RolloutPage } from './rollout-page.tsx'
import { visitRollout } from './rollout-visit.ts'
import { NewRolloutPage, RolloutsPage } from './rollouts-page.tsx'
import { sendsFrom } from './show-rollout.tsx'
import { stepRoutes } from './step-routes.tsx'
import { VersionsPage } from './versions-page.tsx'

export function rolloutRoutes(routes: Hono<App>, open: OpenVisit): void {
  routes.get('/rollouts', async (c) => {
    const visit = await open(c)
    const page = readListPage(c)
    const of = { connectionSid: visit.connection.sid }
    const { items, next } = take(await listRollouts(visit.request, of, page.request))
    return showPage(c, <RolloutsPage visit={visit} rollouts={items} links={page.links(next)} />)
  })

  routes.get('/rollouts/new', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'operate')
    return showPage(c, <NewRolloutPage visit={visit} name="" />)
  })

  routes.post('/rollouts', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'operate')
    const name = (await readForm(c)).text('name')
    const { request, connection, base } = visit
    const created = takeOrShow(await createRollout(request, connection.sid, { name }))
    if (created.ok) return seeOther(c, `${base}/rollouts/${created.value.sid}`, 'rollout_created')
    const page = <NewRolloutPage visit={visit} name={name} problem={created.problem} />
    return showAgain(c, created.problem, page)
  })

  routes.get('/rollouts/:rollout', async (c) => {
    const at = await visitRollout(open, c)
    return showPage(c, <RolloutPage at={at} facts={await factsOf(at, sendsFrom(c))} />)
  })

  routes.get('/rollouts/:rollout/versions', async (c) => {
    const at = await visitRollout(open, c)
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
    const compared = await compareVersions(at.visit.request, sid, from, to, {
      limit: 100,
      after: { ...after('added'), ...after('dropped') },
    })
    // Versions that there are not: an address that leads nowhere.
    if (!compared.ok) throw new Refused('not_there')
    return showPage(c, <VersionsPage at={at} from={from} to={to} comparison={compared.value} />)
  })

  routes.get('/rollouts/:rollout/history', async (c) => {
    const at = await visitRollout(open, c)
    const page = readListPage(c)
    const { request } = at.visit
    const { items, next } = take(await listRolloutEvents(request, at.rollout.sid, page.request))
    return showPage(c, <RolloutHistoryPage at={at} events={items} links={page.links(next)} />)
  })

  stepRoutes(routes, open)
  listRoutes(routes, open)
}
