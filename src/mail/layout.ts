// A mail from its blocks: the text part and the HTML part say the same. Pure. HTML has inline
// styles, no script, no image and nothing from another site; `html` escapes every value. Not JSX,
// which Node does not read: the CLI writes mails too.
import { html, raw } from 'hono/html'
import type { Accent } from '../platform/accent.ts'
import type { Translator } from '../languages/translate.ts'

export type LetterBlock =
  | { p: string }
  | { heading: string }
  | { list: readonly string[] }
  | { facts: readonly (readonly [string, string])[] }
  | { button: { label: string; href: string } }

export type MailText = { title: string; blocks: readonly LetterBlock[] }

/** Below the text: why the receiver got it, and how that ends. */
export type MailFooter = {
  product: string
  why: string
  unsubscribeURL?: string | undefined
  /** Of buttons and links; ours without one. */
  accent?: Accent | null
  helpURL?: string | null
  /** English without one. */
  language?: Translator | undefined
}

export type LetterParts = { text: string; html: string }

export function renderLetter(mail: MailText, footer: MailFooter): LetterParts {
  return { text: renderText(mail, footer), html: renderHTML(mail, footer) }
}

/** Control characters, which a terminal or a mail program may obey, are left out. */
const clean = (text: string) =>
  text.replaceAll(/(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}]/gu, '').toWellFormed()

function renderText({ title, blocks }: MailText, footer: MailFooter): string {
  const { why, unsubscribeURL, helpURL } = footer
  const parts = [title, ...blocks.map(textOf), '-- ', why]
  if (helpURL) parts.push(`${helpLabel(footer)}: ${helpURL}`)
  if (unsubscribeURL) parts.push(`Stop these mails: ${unsubscribeURL}`)
  return `${clean(parts.join('\n\n')).replace('-- \n\n', '-- \n')}\n`
}

function textOf(block: LetterBlock): string {
  if ('p' in block) return block.p
  if ('heading' in block) return block.heading
  if ('list' in block) return block.list.map((item, at) => `${at + 1}. ${item}`).join('\n')
  if ('facts' in block) return block.facts.map(([name, value]) => `${name}: ${value}`).join('\n')
  return `${block.button.label}:\n${block.button.href}`
}

function renderHTML(mail: MailText, footer: MailFooter): string {
  return `<!doctype html>${pageOf(mail, footer)}`
}

const OUR_ACCENT = '#0b57a4'

const helpLabel = ({ language }: MailFooter) => language?.text('helpPage') ?? 'Help page'

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
const STYLE = {
  body: `margin:0;padding:0;background:#f3f4f6;color:#1c2430;${FONT}`,
  outer: 'padding:24px 12px',
  card:
    'max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #d9dde3;' +
    'border-radius:8px;text-align:left',
  head: 'padding:16px 24px;border-bottom:1px solid #d9dde3;font-size:14px;color:#4a5567',
  main: 'padding:24px;font-size:16px;line-height:1.5;overflow-wrap:anywhere',
  title: 'margin:0 0 16px;font-size:22px;line-height:1.3',
  heading: 'margin:24px 0 8px;font-size:17px',
  p: 'margin:0 0 16px',
  list: 'margin:0 0 16px;padding-left:24px',
  item: 'margin:0 0 6px',
  facts: 'margin:0 0 16px;border-collapse:collapse;width:100%;font-size:15px',
  name: 'padding:6px 12px 6px 0;color:#4a5567;text-align:left;vertical-align:top;font-weight:400',
  value: 'padding:6px 0;vertical-align:top;overflow-wrap:anywhere',
  button:
    'display:inline-block;padding:10px 18px;border-radius:6px;color:#ffffff;' +
    'text-decoration:none;font-weight:600',
  foot: 'padding:16px 24px;border-top:1px solid #d9dde3;font-size:13px;color:#4a5567',
} as const

type Html = ReturnType<typeof html>

function pageOf(mail: MailText, footer: MailFooter): Html {
  const { product, why, unsubscribeURL, language, helpURL } = footer
  const color = footer.accent?.light ?? OUR_ACCENT
  const title = clean(mail.title)
  const head = [
    html`<meta charset="utf-8" />`,
    html`<meta name="viewport" content="width=device-width, initial-scale=1" />`,
    html`<meta name="color-scheme" content="light" /><title>${title}</title>`,
  ]
  const linkTo = (href: string | null | undefined, label: string) =>
    href ? html` <a style="color:${color}" href="${href}">${label}</a>` : ''
  const links = [linkTo(helpURL, helpLabel(footer)), linkTo(unsubscribeURL, 'Stop these mails')]
  const card = [
    element('div', STYLE.head, clean(product)),
    element('div', STYLE.main, [
      element('h1', STYLE.title, title),
      mail.blocks.map((block) => htmlOf(block, color)),
    ]),
    element('div', STYLE.foot, [clean(why), links]),
  ]
  const outer = element('div', STYLE.outer, element('div', STYLE.card, card))
  const body = element('body', STYLE.body, outer)
  const [tag, dir] = [language?.tag ?? 'en', language?.dir ?? 'ltr']
  return html`<html lang="${tag}" dir="${dir}">
    <head>
      ${head}</head
    >${body}
  </html>`
}

function htmlOf(block: LetterBlock, color: string): unknown {
  if ('p' in block)
    return clean(block.p)
      .split(/\n{2,}/)
      .map((paragraph) => element('p', STYLE.p, linesOf(paragraph)))
  if ('heading' in block) return element('h2', STYLE.heading, clean(block.heading))
  if ('list' in block) {
    const items = block.list.map((item) => element('li', STYLE.item, clean(item)))
    return element('ol', STYLE.list, items)
  }
  if ('facts' in block) {
    const rows = block.facts.map(([name, value]) => {
      const cell = element('td', STYLE.value, clean(value))
      return html`<tr>
        <th scope="row" style="${STYLE.name}">${clean(name)}</th>
        ${cell}
      </tr>`
    })
    return element('table', STYLE.facts, rows)
  }
  const { label, href } = block.button
  const style = `${STYLE.button};background:${color}`
  const link = html`<a style="${style}" href="${href}">${clean(label)}</a>`
  return [element('p', STYLE.p, link), element('p', STYLE.p, html`<small>${href}</small>`)]
}

type LetterTag = 'body' | 'div' | 'h1' | 'h2' | 'li' | 'ol' | 'p' | 'table' | 'td'

function element(name: LetterTag, style: string, content: unknown): Html {
  const tag = raw(name)
  return html`<${tag} style="${style}">${content}</${tag}>`
}

/** Single line breaks stay. */
function linesOf(paragraph: string) {
  return paragraph.split('\n').map((line, at) => [at > 0 ? html`<br />` : '', line])
}
