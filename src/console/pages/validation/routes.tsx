// The routes of testing, for either door: testers, the validation room and its live parts, and what each side says.
import type { Hono } from 'hono'
import { attest } from '../../../rollout/validation/attestation-operations.ts'
import { getRoom, roomVersion } from '../../../rollout/validation/room-operations.ts'
import {
  listTesters,
  nominateTesters,
  withdrawTester,
} from '../../../rollout/validation/tester-operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { isFresh } from '../../../api/engine/entity-tag.ts'
import { requireMay, type OpenVisit, type Visit } from '../connection/visit.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm } from '../../kit/form.ts'
import { RoomFragment, RoomPage, tagOf } from './room-page.tsx'
import { TestersPage } from './testers.tsx'
import { whatIfRoutes } from './what-if-routes.tsx'

export function validationRoutes(routes: Hono<App>, open: OpenVisit): void {
  roomRoutes(routes, open)
  testerRoutes(routes, open)
  whatIfRoutes(routes, open)
}

function roomRoutes(routes: Hono<App>, open: OpenVisit): void {
  routes.get('/room', async (c) => {
    const visit = await open(c)
    c.set('isLive', true)
    return showPage(c, <RoomPage {...await viewOf(c, visit)} />)
  })

  // Asked by every room that somebody has open, every 1.5 seconds: nothing is read of what has not changed.
  routes.get('/room/live', async (c) => {
    const visit = await open(c)
    const { request, connection } = visit
    const version = take(await roomVersion(request, connection.sid))
    const tag = tagOf({ version })
    if (isFresh(c.req.header('if-none-match'), tag)) return c.body(null, 304, { etag: tag })
    const view = await viewOf(c, visit)
    c.header('etag', tagOf(view.room))
    return c.html(<RoomFragment {...view} />)
  })

  routes.post('/room/attestation', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'test')
    const form = await readForm(c)
    const values = {
      verdict: form.text('verdict'),
      name: form.text('name'),
      note: form.text('note'),
    }
    const { request, connection, base } = visit
    const said = takeOrShow(
      await attest(request, connection.sid, {
        ...values,
        verdict: values.verdict as 'pass' | 'fail',
        revision: form.number('revision'),
      }),
    )
    if (said.ok) return seeOther(c, `${base}/room`, 'attested')
    c.set('isLive', true)
    const view = await viewOf(c, await open(c))
    // A choice was made about what was shown then: of another revision it is to be made again.
    const isSame = view.room.connection.revision === form.number('revision')
    const shown = isSame ? values : { ...values, verdict: '' }
    return showAgain(c, said.problem, <RoomPage {...view} values={shown} problem={said.problem} />)
  })
}

async function viewOf(c: AppContext, visit: Visit) {
  const { request, connection } = visit
  const room = take(await getRoom(request, connection.sid))
  const sides = { vendor: c.var.config.productName, customer: connection.tenant.name }
  return { visit, room, sides }
}

function testerRoutes(routes: Hono<App>, open: OpenVisit): void {
  const testersOf = async ({ request, connection }: Visit) =>
    take(await listTesters(request, connection.sid))

  routes.get('/testers', async (c) => {
    const visit = await open(c)
    return showPage(c, <TestersPage visit={visit} testers={await testersOf(visit)} />)
  })

  routes.post('/testers', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'test')
    const form = await readForm(c)
    const text = form.text('emails')
    const emails = text.split(/[\s,;]+/).filter(Boolean)
    const { request, connection, base } = visit
    const before = await testersOf(visit)
    const nominated = takeOrShow(await nominateTesters(request, connection.sid, emails))
    if (!nominated.ok) {
      const { problem } = nominated
      const page = <TestersPage visit={visit} testers={before} emails={text} problem={problem} />
      return showAgain(c, problem, page)
    }
    const { testers, refused } = nominated.value
    if (refused.length === 0) return seeOther(c, `${base}#test`, 'testers_nominated')
    const added = emails.length - refused.length
    const page = <TestersPage visit={visit} testers={testers} nomination={{ added, refused }} />
    return c.html(<>{page}</>, added > 0 ? 200 : 400)
  })

  routes.post('/testers/:user/withdraw', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'test')
    const { request, connection, base } = visit
    take(await withdrawTester(request, connection.sid, c.req.param('user')))
    return seeOther(c, `${base}/testers`, 'tester_withdrawn')
  })
}
