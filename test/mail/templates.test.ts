// Every mail that the product writes: its example renders, in text and HTML, and no value of a
// customer becomes more than words.
import { describe, expect, it } from 'vitest'
import { exampleOf } from '../../src/mail/example.ts'
import { MAIL_KINDS, type TemplateContext } from '../../src/mail/templates/template.ts'
import {
  TEMPLATE_NAMES,
  TEMPLATES,
  type DataOf,
  type TemplateName,
} from '../../src/mail/templates/templates.ts'
import { writeMail } from '../../src/mail/write.ts'
import { checkedMessage } from '../../src/platform/mail/message.ts'

const ORIGIN = 'https://sso.vendor.example'
const OF = { product: 'Vendor', origin: ORIGIN }

/** The words of the HTML part, with its links. */
function wordsOf(html: string): string {
  return html
    .replace(/<head>.*<\/head>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
}

describe.each(TEMPLATE_NAMES)('%s', (name) => {
  const { kind } = TEMPLATES[name]
  const message = exampleOf(name, OF)
  const html = message.html!

  it('has a subject of one line, a text part and an HTML part that says the same', () => {
    expect(message.subject).toMatch(/^[^\n]{10,150}$/)
    expect(checkedMessage(message).subject).toBe(message.subject)
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)
    const shown = `${wordsOf(html)} ${links.join(' ')}`
    for (const line of message.text.split('\n').filter((one) => one && one !== '-- ')) {
      const [words] = [line.replace(/^\d+\. /, '').replace(/^[^:]*: ?(?=https:|$)/, '')]
      for (const part of words.split(': ')) expect(shown).toContain(part.trim())
    }
    expect(message.text).not.toMatch(/undefined|\[object|null|NaN/)
  })

  it('has no script, image or style of another site, and links to our origin or by mail alone', () => {
    expect(html).not.toMatch(
      /<(?:script|img|link|iframe|object|form|svg|base)\b|javascript:|@import/i,
    )
    expect(html).not.toMatch(/\son\w+=|url\(|src=/i)
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!)
    for (const href of links)
      expect(href.startsWith(`${ORIGIN}/`) || href.startsWith('https://sso.example.com/')).toBe(
        true,
      )
  })

  it('says whom it is for, and offers to stop exactly what may be stopped', () => {
    expect(message.text).toMatch(/-- \n(?:You receive this because|Vendor sent this to you alone)/)
    const { mayStop } = MAIL_KINDS[kind]
    expect('List-Unsubscribe' in message.headers!).toBe(mayStop)
    expect('List-Unsubscribe-Post' in message.headers!).toBe(mayStop)
    expect(message.text.includes('/mail/unsubscribe/')).toBe(mayStop)
    expect(message.headers!['Auto-Submitted']).toBe('auto-generated')
  })

  it('takes hostile values for words', () => {
    const hostile = '"><script>alert(1)</script>\r\nBcc: eve@evil.example\u202e\u0000'
    const at: TemplateContext = {
      product: hostile,
      origin: ORIGIN,
      receiver: { name: hostile, role: TEMPLATES[name].exampleFor },
      tenant: { sid: 'TN1', name: hostile, supportContact: hostile },
      connection: {
        sid: 'CN1',
        name: hostile,
        idp: { name: hostile, place: hostile, certificate: hostile, metadata: hostile },
      },
    }
    const data = replaced(TEMPLATES[name].example, hostile) as DataOf<TemplateName>
    const sent = checkedMessage(writeMail(name, data, at, { address: 'ann@tenant.example' }))
    expect(sent.subject).not.toMatch(/\p{Cc}|\u202e/u)
    expect(sent.html).not.toContain('<script')
    expect(sent.html).not.toMatch(/(?!\n)\p{Cc}|\u202e/u)
    expect(sent.text).not.toMatch(/(?!\n)\p{Cc}|\u202e/u)
    for (const value of Object.values(sent.headers ?? {})) expect(value).not.toMatch(/[\r\n]/)
  })
})

/** The same shape, each free text replaced; links and enumerations stay. */
function replaced(value: unknown, by: string): unknown {
  if (typeof value === 'string')
    return /^https:|^[a-z_]+$|^[A-Z]{2}0/.test(value) ? value : `${value}${by}`
  if (Array.isArray(value)) return value.map((one) => replaced(one, by))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, by)]))
}

it('no two mails have the same name', () => {
  const names = TEMPLATE_NAMES.map((name) => TEMPLATES[name].name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})
