// Routes of the mail log, and of the templates with their examples.
import * as z from 'zod/mini'
import { getMail, listMails, sendMailAgain, type MailDetail } from '../mail/log-operations.ts'
import type { MailRow } from '../mail/post/store.ts'
import { listMailTemplates, previewMail } from '../mail/preview-operations.ts'
import { MAIL_KINDS, type MailKind } from '../mail/templates/template.ts'
import { TEMPLATES, type TemplateName } from '../mail/templates/templates.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const tag = 'Mail'
const who = 'operators'

const OUTCOMES = ['waiting', 'sending', 'sent', 'copy', 'held', 'failed', 'unclear'] as const

const shape = {
  sid: sid('ML', 'the mail'),
  template: about(z.string(), 'Which mail it is: `listMailTemplates` has them.'),
  tenantSid: about(z.nullable(z.string()), 'The tenant; null: it went to operators.'),
  address: about(z.string(), 'The address, masked: `a…@example.com`.'),
  outcome: about(
    z.enum(OUTCOMES),
    '`copy`: there is no sender, so a person sends it. `held`: not sent, for `code`. `unclear`: ' +
      'it may have been sent.',
  ),
  code: about(z.nullable(z.string()), 'Why it was not sent.'),
  attempts: z.int(),
  createdAt: instant,
  changedAt: instant,
}
const mail = named('Mail', z.object(shape))
const letter = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
})
const detail = named(
  'MailDetail',
  z.object({
    ...shape,
    letter: about(z.nullable(letter), 'Its words, while they are kept: until it is sent.'),
  }),
)

const KINDS = Object.keys(MAIL_KINDS) as [MailKind]
const templateShape = {
  template: z.string(),
  name: about(z.string(), 'For people.'),
  kind: about(z.enum(KINDS), 'What contacts switch off.'),
}

function shownMail(row: MailRow) {
  const { template, tenantSid, address, outcome, code, attempts, createdAt, changedAt } = row
  return {
    sid: row.sid,
    template,
    tenantSid,
    address,
    outcome,
    code,
    attempts,
    createdAt,
    changedAt,
  }
}

function shownDetail({ mail: row, letter: words }: MailDetail) {
  if (!words) return { ...shownMail(row), letter: null }
  const { to, subject, text, html } = words
  return { ...shownMail(row), letter: { to, subject, text, html } }
}

const templateOf = (template: TemplateName) => {
  const { name, kind } = TEMPLATES[template]
  return { template, name, kind }
}

export const MAIL_ROUTES = [
  route({
    method: 'GET',
    path: '/mails',
    operationId: 'listMails',
    summary: 'List the mail log, newest first',
    description: 'Kept for 90 days, without words and with masked addresses.',
    tag,
    who,
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      tenant: z.exactOptional(sid('TN', 'a tenant: only mails about it')),
    }),
    cli: {
      verb: 'mail list',
      columns: {
        SID: 'sid',
        Mail: 'template',
        To: 'address',
        Outcome: 'outcome',
        Code: 'code',
        Created: 'createdAt',
      },
    },
    status: 200,
    answer: page('MailPage', mail),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listMails(context, { tenantSid: query.tenant }, asked.value)
      if (!found.ok) return found
      const { items, next } = found.value
      return ok(answerPage({ items: items.map(shownMail), next }))
    },
  }),
  route({
    method: 'GET',
    path: '/mails/{mail}',
    operationId: 'getMail',
    summary: 'Get a mail, with its words while they are kept',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'mail show', takes: ['mail'] },
    status: 200,
    answer: detail,
    async handle({ context, params }) {
      const found = await getMail(context, params.mail)
      return found.ok ? ok(shownDetail(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/mails/{mail}/send',
    operationId: 'sendMailAgain',
    summary: 'Send a mail again that failed, waits or is unclear',
    tag,
    who,
    permission: 'operate',
    cli: { verb: 'mail send', takes: ['mail'], needsSecret: true },
    status: 200,
    answer: detail,
    problems: ['not_configured'],
    async handle({ context, params, mailToCopy }) {
      const sent = await sendMailAgain(context, mailToCopy(), params.mail)
      return sent.ok ? ok(shownDetail(sent.value)) : sent
    },
  }),
  route({
    method: 'GET',
    path: '/mail-templates',
    operationId: 'listMailTemplates',
    summary: 'List every mail that Gatepost writes',
    tag,
    who,
    permission: 'view',
    cli: {
      verb: 'mail-template list',
      columns: { Template: 'template', Mail: 'name', Kind: 'kind' },
    },
    status: 200,
    answer: list('MailTemplates', named('MailTemplate', z.object(templateShape))),
    async handle({ context }) {
      const found = listMailTemplates(context)
      return found.ok ? ok({ items: found.value.map(templateOf) }) : found
    },
  }),
  route({
    method: 'GET',
    path: '/mail-templates/{template}',
    operationId: 'previewMail',
    summary: 'Preview a mail, with its example',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'mail-template show', takes: ['template'] },
    status: 200,
    answer: named(
      'MailPreview',
      z.object({ ...templateShape, subject: z.string(), text: z.string(), html: z.string() }),
    ),
    async handle({ context, config, params }) {
      const { origin, productName: product } = config
      const found = previewMail(context, { origin, product }, params.template)
      if (!found.ok) return found
      const { name, message } = found.value
      const { subject, text, html = '' } = message
      return ok({ ...templateOf(name), subject, text, html })
    },
  }),
]
