// Routes of testing, in console and portal: testers, the validation room, its live parts,
// sign-offs.
import type { Hono } from 'hono'
import { signOff } from '../../../rollout/validation/sign-off-operations.ts'
import { getRoom, roomVersion } from '../../../rollout/validation/room-operations.ts'
import {
  listTesters,
  nominateTesters,
  withdrawTester,
} from '../../../rollout/validation/tester-operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { isFresh } from '../../../api/engine/entity-tag.ts'
import {
  requireMay,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { RoomFragment, RoomPage, tagOf } from './room-page.tsx'
import { openMailToCopy } from '../../../mail/open-mail.ts'
import { inviteTesters } from '../../../mail/send-personal.ts'
import { InvitationsPage } from './invitations-page.tsx'
import { TestersPage } from './testers.tsx'
import { whatIfRoutes } from './what-if-routes.tsx'

export function validationRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  roomRoutes(routes, open)
  testerRoutes(routes, open)
  whatIfRoutes(routes, open)
}

function roomRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/room', async (c) => {
    const at = await open(c)
    c.set('isLive', true)
    return showPage(c, <RoomPage {...await viewOf(c, at)} />)
  })

  // Every open room asks every 1.5 seconds: an unchanged one costs one query.
  routes.get('/room/live', async (c) => {
    const at = await open(c)
    const { context, connection } = at
    const version = unwrap(await roomVersion(context, connection.sid))
    const tag = tagOf({ version })
    if (isFresh(c.req.header('if-none-match'), tag)) return c.body(null, 304, { etag: tag })
    const view = await viewOf(c, at)
    c.header('etag', tagOf(view.room))
    return c.html(<RoomFragment {...view} />)
  })

  routes.post('/room/sign-off', async (c) => {
    const at = await open(c)
    requireMay(at, 'test')
    const form = await readForm(c)
    const values = {
      verdict: form.text('verdict'),
      name: form.text('name'),
      note: form.text('note'),
    }
    const { context, connection, base } = at
    const said = unwrapOrShow(
      await signOff(context, connection.sid, {
        ...values,
        verdict: values.verdict as 'pass' | 'fail',
        revision: form.number('revision'),
      }),
    )
    if (said.ok) return seeOther(c, `${base}/room`, 'signedOff')
    c.set('isLive', true)
    const view = await viewOf(c, await open(c))
    // The result was chosen for the revision shown then: another revision needs a new choice.
    const isSame = view.room.connection.revision === form.number('revision')
    const shown = isSame ? values : { ...values, verdict: '' }
    return showAgain(c, said.error, <RoomPage {...view} values={shown} problem={said.error} />)
  })
}

async function viewOf(c: AppContext, at: ConnectionContext) {
  const { context, connection } = at
  const room = unwrap(await getRoom(context, connection.sid))
  const sides = { vendor: c.var.config.productName, customer: connection.tenant.name }
  return { at: at, room, sides }
}

function testerRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  const testersOf = async ({ context, connection }: ConnectionContext) =>
    unwrap(await listTesters(context, connection.sid))

  routes.get('/testers', async (c) => {
    const at = await open(c)
    return showPage(c, <TestersPage at={at} testers={await testersOf(at)} />)
  })

  routes.post('/testers', async (c) => {
    const at = await open(c)
    requireMay(at, 'test')
    const form = await readForm(c)
    const text = form.text('emails')
    const emails = text.split(/[\s,;]+/).filter(Boolean)
    const { context, connection, base } = at
    const before = await testersOf(at)
    const nominated = unwrapOrShow(await nominateTesters(context, connection.sid, emails))
    if (!nominated.ok) {
      const { error: problem } = nominated
      const page = <TestersPage at={at} testers={before} emails={text} problem={problem} />
      return showAgain(c, problem, page)
    }
    const { testers, refused } = nominated.value
    if (refused.length === 0) return seeOther(c, `${base}#test`, 'testers_nominated')
    const added = emails.length - refused.length
    const page = <TestersPage at={at} testers={testers} nomination={{ added, refused }} />
    return showPage(c, page, added > 0 ? 200 : 400)
  })

  routes.post('/testers/invite', async (c) => {
    const at = await open(c)
    const office = openMailToCopy(c.env, c.var.config)
    const { sent, messages } = unwrap(await inviteTesters(at.context, office, at.connection.sid))
    if (sent > 0 && sent === messages.length) return seeOther(c, `${at.base}/testers`, 'invited')
    return showPage(c, <InvitationsPage at={at} sent={sent} messages={messages} />)
  })

  routes.post('/testers/:user/withdraw', async (c) => {
    const at = await open(c)
    requireMay(at, 'test')
    const { context, connection, base } = at
    unwrap(await withdrawTester(context, connection.sid, c.req.param('user')))
    return seeOther(c, `${base}/testers`, 'tester_withdrawn')
  })
}
