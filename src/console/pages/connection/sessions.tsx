// The sessions that were opened through a connection: looked through, and ended.
import type { Hono } from 'hono'
import {
  getSession,
  listSessions,
  revokeSession,
  revokeSessions,
  type Session,
} from '../../../sessions/operations.ts'
import { DangerZone, Pagination } from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../../kit/forms.tsx'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showPage, take } from '../../kit/door.tsx'
import { readListPage, type PageLinks } from '../../kit/lists.ts'
import { SessionTable } from '../../kit/session-table.tsx'
import { crumbs, type OpenVisit, type Visit } from './visit.ts'

export function sessionRoutes(routes: Hono<App>, open: OpenVisit): void {
  routes.get('/sessions', async (c) => {
    const visit = await open(c)
    const page = readListPage(c)
    const { session: lifetime } = c.var.config
    const isOpen = c.req.query('open') !== undefined
    const of = { connectionSid: visit.connection.sid }
    const { items, next } = take(
      await listSessions(visit.request, of, page.request, lifetime, isOpen),
    )
    const links = page.links(next)
    return showPage(
      c,
      <SessionsPage visit={visit} sessions={items} isOpen={isOpen} links={links} />,
    )
  })

  routes.post('/sessions/revoke', async (c) => {
    const { request, connection, base } = await open(c)
    take(await revokeSessions(request, { connectionSid: connection.sid }))
    return seeOther(c, `${base}/sessions`, 'sessions_ended')
  })

  routes.post('/sessions/:session/revoke', async (c) => {
    const { request, connection, base } = await open(c)
    const { session: lifetime } = c.var.config
    const found = take(await getSession(request, c.req.param('session'), lifetime))
    // Of another connection that the actor may see: not below this one.
    if (found.connectionSid !== connection.sid) throw new Refused('not_there')
    take(await revokeSession(request, found.sid, lifetime))
    return seeOther(c, `${base}/sessions`, 'sessions_ended')
  })
}

function SessionsPage(props: {
  visit: Visit
  sessions: readonly Session[]
  isOpen: boolean
  links: PageLinks
}) {
  const { visit, sessions, isOpen, links } = props
  const path = `${visit.base}/sessions`
  const { configure } = visit.may
  return (
    <visit.Frame
      title="Sessions"
      breadcrumb={crumbs(visit)}
      lead="Of people who have signed in through this connection, newest first, for 30 days after they are over."
      actions={
        isOpen ? (
          <ButtonLink href={path} label="Show all" />
        ) : (
          <ButtonLink href={`${path}?open`} label="Show open ones" />
        )
      }
    >
      <SessionTable
        sessions={sessions}
        now={visit.request.now}
        action={configure ? path : undefined}
      />
      <Pagination {...links} />
      {configure && (
        <DangerZone
          actions={[
            {
              title: 'End all sessions',
              text: 'Everybody has to sign in again. Your apps are told, and drop their own sessions.',
              control: <ButtonForm action={`${path}/revoke`} label="End all" tone="danger" />,
            },
          ]}
        />
      )}
    </visit.Frame>
  )
}
