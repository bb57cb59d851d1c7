// The page that a link in a mail opens: it stops one kind of mail. A GET changes nothing, because
// mail programs open links by themselves; the button and RFC 8058's one click are POSTs.
import { Hono } from 'hono'
import { openDatabase } from '../platform/db/client.ts'
import { openHistory } from '../platform/db/history.ts'
import type { App, AppContext } from '../platform/http/http.ts'
import { Page } from '../platform/http/pages.tsx'
import { Refused } from '../platform/http/refused.ts'
import { openFrame } from '../platform/http/frame.ts'
import { findUnsubscriber, unsubscribe } from './contacts/operations.ts'
import { MAIL_KINDS, type MailKind } from './templates/template.ts'

export const mailRoutes = new Hono<App>()

const PATH = '/unsubscribe/:key/:kind'

mailRoutes.get(PATH, async (c) => {
  const { kind, label } = kindOf(c)
  const found = await findUnsubscriber(contextOf(c), c.req.param('key'))
  if (!found.ok) throw new Refused('not_found')
  const isOff = found.value.muted.includes(kind)
  return c.html(
    <Page title="Stop mails" frame={await openFrame(c, { tag: 'en' })}>
      <h1>Stop mails</h1>
      {isOff ? (
        <p>You receive no more mails of the kind “{label}”.</p>
      ) : (
        <>
          <p>You receive mails of the kind “{label}”. Stop them?</p>
          <form method="post">
            <button>Stop these mails</button>
          </form>
        </>
      )}
    </Page>,
  )
})

mailRoutes.post(PATH, async (c) => {
  const { kind, label } = kindOf(c)
  const done = await unsubscribe(contextOf(c), c.req.param('key'), kind)
  if (!done.ok) throw new Refused('not_found')
  return c.html(
    <Page title="Mails stopped" frame={await openFrame(c, { tag: 'en' })}>
      <h1>Mails stopped</h1>
      <p>You receive no more mails of the kind “{label}”. Other kinds still arrive.</p>
    </Page>,
  )
})

function kindOf(c: AppContext): { kind: MailKind; label: string } {
  const kind = c.req.param('kind') as MailKind
  if (!Object.hasOwn(MAIL_KINDS, kind) || !MAIL_KINDS[kind].mayStop) throw new Refused('not_found')
  return { kind, label: MAIL_KINDS[kind].label }
}

function contextOf(c: AppContext) {
  const { network, afterResponse } = c.var
  const history = openHistory(c.env.HISTORY)
  return { db: openDatabase(c.env.DB), history, now: Date.now(), network, afterResponse }
}
