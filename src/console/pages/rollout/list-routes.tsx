// Routes that show a rollout's list: as a page and as CSV.
import type { Hono } from 'hono'
import { membersCSV } from '../../../rollout/operations.ts'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { downloadCSV } from '../../../platform/http/download-csv.ts'
import type { OpenConnectionContext } from '../shared/connection-context.ts'
import { showPage } from '../../kit/admin-context.tsx'
import { ListPage } from './list-page.tsx'
import { readListQuery } from './list-query.ts'
import { openRolloutContext } from './rollout-context.ts'
import { readListProps } from './show-list.tsx'

export function listRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/rollouts/:rollout/list', async (c) => {
    const at = await openRolloutContext(open, c)
    const query = readListQuery(c, `${at.path}/list`)
    return showPage(c, <ListPage {...await readListProps(at, query)} />)
  })

  routes.get('/rollouts/:rollout/list.csv', async (c) => {
    const { page, rollout, path } = await openRolloutContext(open, c)
    const { filter } = readListQuery(c, `${path}/list`)
    if (rollout.version === 0) throw new Refused('not_there')
    const name = `list-version-${rollout.version}.csv`
    return downloadCSV(name, membersCSV(page.context, rollout.sid, filter))
  })
}
