// The words in which employees hear that they will sign in by SSO. Pure.
import type { Rollout } from '../cohort/operations.ts'

export type Notice = NonNullable<Rollout['notice']>

/** What stands in a notice for what differs: the person’s first name, the day, and the link. */
export const PLACEHOLDERS = ['{firstName}', '{date}', '{link}'] as const

/** A first text, to be edited. */
export const TEMPLATE = {
  subject: 'From {date} you sign in with your company account',
  text: `Hello {firstName},

from {date} on you sign in with your company account: enter your e-mail address as always, and you are sent to your company's sign-in page. Your password here will no longer be asked for.

You can try it now: {link}

If something does not work, write to your IT department.
`,
} as const

/** Which placeholders the texts use that the notice cannot fill in. */
export function missingIn({ subject, text, link, date }: Omit<Notice, 'changedAt'>): string[] {
  const both = subject + text
  return [
    ...(both.includes('{date}') && date === null ? ['date'] : []),
    ...(both.includes('{link}') && link === null ? ['link'] : []),
  ]
}

export type Message = { to: string; subject: string; text: string }

/** The message for one person. */
export function renderNotice(
  { subject, text, link, date }: Omit<Notice, 'changedAt'>,
  person: { email: string; firstName: string | null },
): Message {
  const values = { firstName: person.firstName ?? '', date: date ?? '', link: link ?? '' }
  const fill = (template: string) =>
    template.replaceAll(
      /\{(firstName|date|link)\}/g,
      (_, name: keyof typeof values) => values[name],
    )
  return {
    to: person.email,
    // A line end would begin another header.
    subject: fill(subject).replaceAll(/\s+/g, ' ').trim(),
    text: fill(text).replaceAll(/(?<! ) +,/g, ','),
  }
}
