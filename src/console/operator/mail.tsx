// Mail: how it is sent, and what it looks like.
import type { Hono } from 'hono'
import { findMailSettings } from '../../mail/open-mail.ts'
import type { App } from '../../platform/http/http.ts'
import { KeyValues, Notice, Pagination } from '../kit/blocks.tsx'
import { ButtonLink } from '../kit/forms.tsx'
import { showPage } from '../kit/admin-context.tsx'
import { readListPage } from '../kit/lists.ts'
import { serveContacts } from '../pages/directory/contact-routes.tsx'
import { openConsole } from './frame.tsx'
import { findLog, mailLogRoutes, MailTable } from './mail-log.tsx'
import { mailPreviewRoutes } from './mail-previews.tsx'

export function mailRoutes(routes: Hono<App>): void {
  routes.get('/mail', async (c) => {
    const admin = await openConsole(c)
    const { Frame } = admin
    const page = readListPage(c)
    const { items, next } = await findLog(admin, page.request)
    const settings = findMailSettings(c.env)
    return showPage(
      c,
      <Frame
        title="Mail"
        actions={
          <>
            <ButtonLink href="/console/mail/contacts" label="Operators’ addresses" />
            <ButtonLink href="/console/mail/templates" label="Templates" />
          </>
        }
      >
        {!settings && (
          <Notice tone="info" title="No mail is sent">
            <p>
              Pages show what would have been sent, ready to copy. docs/operating/mail.md says how
              to set up a sender.
            </p>
          </Notice>
        )}
        <KeyValues
          rows={[
            { name: 'Sender', value: SENDERS[settings?.by ?? 'none'] },
            { name: 'From', value: settings?.from },
            { name: 'Answers go to', value: settings?.replyTo },
          ]}
        />
        <MailTable mails={items} now={admin.context.now} />
        <Pagination {...page.links(next)} />
      </Frame>,
    )
  })
  mailLogRoutes(routes)
  mailPreviewRoutes(routes)
  serveContacts(routes, '/mail/contacts', async (c) => ({
    ...(await openConsole(c)),
    title: 'Operators’ addresses',
    tenantSid: null,
    path: '/console/mail/contacts',
    above: [{ name: 'Mail', href: '/console/mail' }],
    mayChange: true,
  }))
}

const SENDERS = { binding: 'Cloudflare', api: 'HTTP API', none: 'None' } as const
