// The notice that tells employees about the sign-in with SSO. Pure.
import type { Rollout } from '../cohort/operations.ts'

export type Notice = NonNullable<Rollout['notice']>

/** Placeholders in a notice: the person’s first name, the start date and the link. */
export const PLACEHOLDERS = ['{firstName}', '{date}', '{link}'] as const

/** The initial text, to be edited. */
export const TEMPLATE = {
  subject: 'From {date} you sign in with your company account',
  text: [
    'Hello {firstName},',
    'From {date}, you sign in with your company account. Enter your e-mail address as usual, and ' +
      'you are sent to your company’s sign-in page. You no longer need a password here.',
    'You can try it now: {link}',
    'If something does not work, contact your IT department.\n',
  ].join('\n\n'),
} as const

/** Placeholders that the texts use but the notice has no value for. */
export function missingIn({ subject, text, link, date }: Omit<Notice, 'changedAt'>): string[] {
  const both = subject + text
  return [
    ...(both.includes('{date}') && date === null ? ['date'] : []),
    ...(both.includes('{link}') && link === null ? ['link'] : []),
  ]
}

export type Message = { to: string; subject: string; text: string }

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
