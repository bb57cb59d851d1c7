// The notice that tells employees about the sign-in with SSO. Pure.
import type { TenantBranding } from '../../platform/branding.ts'
import type { LanguageTag } from '../../languages/languages.ts'
import type { Translator } from '../../languages/translate.ts'
import type { Rollout } from '../cohort/operations.ts'

export type Notice = NonNullable<Rollout['notice']>

/** Placeholders in a notice: the person’s first name, the start date and the link. */
export const PLACEHOLDERS = ['{firstName}', '{date}', '{link}'] as const

/** The initial text of a rollout's notice, to be edited. Its placeholders stay in it. */
export function templateOf(
  { fromConnectionSid }: Pick<Rollout, 'fromConnectionSid'>,
  t: Translator,
) {
  const [firstName, date, link] = PLACEHOLDERS
  const hello = t.text('noticeHello', { firstName })
  const isMove = fromConnectionSid !== null
  const parts = isMove
    ? [hello, t.text('moveText', { date }), t.text('moveTry', { link }), t.text('moveTrouble')]
    : [
        hello,
        t.text('noticeText', { date }),
        t.text('noticeTry', { link }),
        t.text('noticeTrouble'),
      ]
  return {
    subject: isMove ? t.text('moveSubject', { date }) : t.text('noticeSubject', { date }),
    text: `${parts.join('\n\n')}\n`,
  }
}

/** Placeholders that the texts use but the notice has no value for. */
export function missingIn({ subject, text, link, date }: Omit<Notice, 'changedAt'>): string[] {
  const both = subject + text
  return [
    ...(both.includes('{date}') && date === null ? ['date'] : []),
    ...(both.includes('{link}') && link === null ? ['link'] : []),
  ]
}

export type Message = { to: string; subject: string; text: string }

/** `language` and `own` are the tenant’s, for what stands around the notice. */
export type OutgoingNotice = Message & {
  language: LanguageTag
  own?: Partial<TenantBranding> | undefined
}

/** The message for one person. In a preview, a date or link not set yet stays a placeholder. */
export function renderNotice(
  { subject, text, link, date }: Omit<Notice, 'changedAt'>,
  person: { email: string; firstName: string | null },
): Message {
  const values = {
    firstName: person.firstName ?? '',
    date: date || '{date}',
    link: link || '{link}',
  }
  const fill = (template: string) =>
    template.replaceAll(
      /\{(firstName|date|link)\}/g,
      (_, name: keyof typeof values) => values[name],
    )
  return {
    to: person.email,
    // A line break would start another header.
    subject: fill(subject).replaceAll(/\s+/g, ' ').trim(),
    text: fill(text).replaceAll(/(?<! ) +,/g, ','),
  }
}
