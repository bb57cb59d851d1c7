// Routes of moves: beginning one from a connection, the page with both, and leading the domains.
import type { Hono } from 'hono'
import {
  getMove,
  leadDomains,
  listMembers,
  listMovesFrom,
  startMove,
} from '../../../rollout/operations.ts'
import type { App } from '../../../platform/http/http.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { MovePage } from './move-page.tsx'
import { openRolloutContext } from './rollout-context.ts'
import { StartMovePage } from './start-move-page.tsx'

/** People that the page names. */
const NAMED = 20

export function moveRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/move', async (c) => {
    const at = await open(c)
    requireMay(at, 'operate')
    const moves = await listMovesFrom(at.context, at.connection)
    return showPage(c, <StartMovePage at={at} moves={moves} />)
  })

  routes.post('/move', async (c) => {
    const at = await open(c)
    requireMay(at, 'operate')
    const form = await readForm(c)
    const entered = {
      name: form.text('name'),
      which: form.text('which'),
      entityID: form.text('entityID').trim(),
    }
    const { context, connection } = at
    const started = unwrapOrShow(
      await startMove(context, connection.sid, {
        name: entered.name,
        ...(entered.which === 'entityID' && { entityID: entered.entityID }),
      }),
    )
    if (started.ok) {
      const { rollout } = started.value
      const path = `/console/connections/${rollout.connectionSid}/rollouts/${rollout.sid}/move`
      return seeOther(c, path, 'move_started')
    }
    const moves = await listMovesFrom(context, connection)
    const page = <StartMovePage at={at} moves={moves} entered={entered} problem={started.error} />
    return showAgain(c, started.error, page)
  })

  routes.get('/rollouts/:rollout/move', async (c) => {
    const at = await openRolloutContext(open, c)
    const { context } = at.page
    const { sid, version } = at.rollout
    const move = unwrap(await getMove(context, sid))
    const first = { limit: NAMED, after: null }
    const members =
      version > 0 ? unwrap(await listMembers(context, sid, { lockedOut: true }, first)).items : []
    return showPage(c, <MovePage at={at} move={move} lockedOut={members} />)
  })

  routes.post('/rollouts/:rollout/move/domains', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'operate')
    unwrap(await leadDomains(at.page.context, at.rollout.sid))
    return seeOther(c, `${at.path}/move`, 'domains_led')
  })
}
