// The mail log: what was sent, what was not, and one mail with its words.
import type { Hono } from 'hono'
import { openMailToCopy, sendsMail } from '../../mail/open-mail.ts'
import { getMail, listMails, sendMailAgain, type MailDetail } from '../../mail/log-operations.ts'
import type { MailRow } from '../../mail/post/store.ts'
import { TEMPLATES } from '../../mail/templates/templates.ts'
import type { App } from '../../platform/http/http.ts'
import { seeOther, showPage, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import { DataTable, EmptyState, Instant, KeyValues, Status } from '../kit/blocks.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import { openConsole } from './frame.tsx'
import { MailToCopy, wordsOfCode } from '../pages/shared/mail-to-copy.tsx'

const OUTCOMES = {
  waiting: { tone: 'progress', words: 'Waiting' },
  sending: { tone: 'progress', words: 'Sending' },
  sent: { tone: 'good', words: 'Sent' },
  copy: { tone: 'warning', words: 'To copy' },
  held: { tone: 'neutral', words: 'Not sent' },
  failed: { tone: 'danger', words: 'Failed' },
  unclear: { tone: 'warning', words: 'Unclear' },
} as const

export function mailLogRoutes(routes: Hono<App>): void {
  routes.get('/mail/log/:mail', async (c) => {
    const admin = await openConsole(c)
    const detail = unwrap(await getMail(admin.context, c.req.param('mail')))
    return showPage(c, <MailPage admin={admin} detail={detail} hasSender={sendsMail(c.env)} />)
  })

  routes.post('/mail/log/:mail/send', async (c) => {
    const { context } = await openConsole(c)
    const office = openMailToCopy(c.env, c.var.config)
    const { mail } = unwrap(await sendMailAgain(context, office, c.req.param('mail')))
    const notice = mail.outcome === 'sent' ? 'mail_sent' : 'mail_not_sent'
    return seeOther(c, `/console/mail/log/${mail.sid}`, notice)
  })
}

export function MailTable({ mails, now }: { mails: readonly MailRow[]; now: number }) {
  return (
    <DataTable
      caption="Mail log"
      columns={[
        {
          name: 'Mail',
          cell: ({ sid, template }) => (
            <a href={`/console/mail/log/${sid}`}>{TEMPLATES[template]?.name ?? template}</a>
          ),
        },
        { name: 'To', cell: ({ address }) => address },
        { name: 'Outcome', cell: (mail) => <OutcomeOf mail={mail} /> },
        { name: 'When', cell: ({ createdAt }) => <Instant at={createdAt} now={now} /> },
      ]}
      rows={mails}
      empty={<EmptyState title="No mail yet" />}
    />
  )
}

export async function findLog({ context }: AdminContext, page: Parameters<typeof listMails>[2]) {
  return unwrap(await listMails(context, {}, page))
}

function OutcomeOf({ mail: { outcome, code } }: { mail: MailRow }) {
  const { tone, words } = OUTCOMES[outcome]
  return (
    <>
      <Status tone={tone}>{words}</Status>
      {code !== null && (
        <>
          <br />
          <small>{wordsOfCode(code)}</small>
        </>
      )}
    </>
  )
}

function MailPage(props: { admin: AdminContext; detail: MailDetail; hasSender: boolean }) {
  const { admin, detail, hasSender } = props
  const { mail, letter, tenantName } = detail
  const isOpen = letter !== null && mail.outcome !== 'sent' && mail.outcome !== 'sending'
  return (
    <admin.Frame
      title={TEMPLATES[mail.template]?.name ?? mail.template}
      breadcrumb={[{ name: 'Mail', href: '/console/mail' }]}
      narrow={true}
    >
      <KeyValues
        rows={[
          { name: 'To', value: mail.address },
          { name: 'Outcome', value: <OutcomeOf mail={mail} /> },
          { name: 'Tries', value: mail.attempts },
          {
            name: 'Tenant',
            value: mail.tenantSid && (
              <a href={`/console/tenants/${mail.tenantSid}`}>{tenantName}</a>
            ),
          },
          { name: 'Created', value: <Instant at={mail.createdAt} now={admin.context.now} /> },
        ]}
      />
      {isOpen && (
        <>
          <MailToCopy message={letter} code={mail.code} />
          {hasSender && (
            <ButtonForm action={`/console/mail/log/${mail.sid}/send`} label="Send again" />
          )}
        </>
      )}
      {letter === null && mail.outcome !== 'sent' && (
        <p>
          {mail.template === 'setup_link'
            ? 'The text has a setup link, so it is not kept. Send a new link from the page ' +
              '“Setup links” of the connection.'
            : 'The text of this mail is not kept.'}
        </p>
      )}
    </admin.Frame>
  )
}
