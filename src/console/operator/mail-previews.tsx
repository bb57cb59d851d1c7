// Previews of every mail with its example: the words, and the HTML part in a frame.
import type { Hono } from 'hono'
import { listMailTemplates, previewMail } from '../../mail/preview-operations.ts'
import { MAIL_KINDS } from '../../mail/templates/template.ts'
import { TEMPLATES } from '../../mail/templates/templates.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { DataTable, KeyValues, Section } from '../kit/blocks.tsx'
import { showPage, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import { openConsole } from './frame.tsx'

const MAIL = { name: 'Mail', href: '/console/mail' }
const PREVIEWS = { name: 'Templates', href: '/console/mail/templates' }

const RECEIVERS = {
  technical: 'Technical contacts',
  business: 'Business contacts',
  security: 'Security contacts',
  operator: 'Operators',
  person: 'One person',
} as const

export function mailPreviewRoutes(routes: Hono<App>): void {
  routes.get('/mail/templates', async (c) => {
    const { Frame, context } = await openConsole(c)
    return showPage(
      c,
      <Frame
        title="Mail templates"
        breadcrumb={[MAIL]}
        lead="Every mail that Gatepost writes, with an example."
      >
        <DataTable
          caption="Mail templates"
          captionHidden={true}
          columns={[
            {
              name: 'Mail',
              cell: (name) => <a href={`${PREVIEWS.href}/${name}`}>{TEMPLATES[name].name}</a>,
            },
            { name: 'Kind', cell: (name) => MAIL_KINDS[TEMPLATES[name].kind].label },
            { name: 'Goes to', cell: (name) => RECEIVERS[TEMPLATES[name].exampleFor] },
          ]}
          rows={unwrap(listMailTemplates(context))}
        />
      </Frame>,
    )
  })

  routes.get('/mail/templates/:template', async (c) => {
    const admin = await openConsole(c)
    const { Frame } = admin
    const { name, message } = previewOf(c, admin)
    const { subject, text, headers } = message
    c.set('mailPreview', 'page')
    return showPage(
      c,
      <Frame title={TEMPLATES[name].name} breadcrumb={[MAIL, PREVIEWS]}>
        <KeyValues
          rows={[
            { name: 'Subject', value: subject },
            { name: 'Kind', value: MAIL_KINDS[TEMPLATES[name].kind].label },
            { name: 'Goes to', value: RECEIVERS[TEMPLATES[name].exampleFor] },
            { name: 'Headers', value: Object.keys(headers ?? {}).join(', ') },
          ]}
        />
        <Section id="html" title="HTML part">
          <iframe
            class="mail-preview"
            title={`HTML part of ${TEMPLATES[name].name}`}
            src={`${PREVIEWS.href}/${name}/html`}
            sandbox=""
          />
        </Section>
        <Section id="text" title="Text part">
          <p class="letter-text">{text}</p>
        </Section>
      </Frame>,
    )
  })

  routes.get('/mail/templates/:template/html', async (c) => {
    const { html = '' } = previewOf(c, await openConsole(c)).message
    c.set('mailPreview', 'mail')
    return c.html(html)
  })
}

function previewOf(c: AppContext, { context }: AdminContext) {
  const { origin, productName: product } = c.var.config
  return unwrap(previewMail(context, { origin, product }, c.req.param('template') ?? ''))
}
