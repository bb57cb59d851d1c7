// The notice of a rollout as the API shows it.
import * as z from 'zod/mini'
import { about, instant, named } from './engine/schema.ts'

const text = z.nullable(z.string())

const notice = z.object({
  subject: z.string(),
  text: z.string(),
  link: text,
  date: text,
  changedAt: instant,
})

export const rolloutNotice = named(
  'RolloutNotice',
  z.object({
    notice: about(z.nullable(notice), 'Null: not written yet.'),
    template: about(z.object({ subject: z.string(), text: z.string() }), 'A text to start from.'),
    placeholders: about(z.array(z.string()), 'Placeholders that are replaced for each person.'),
  }),
)

export const noticeEdit = named(
  'RolloutNoticeEdit',
  z.strictObject({
    subject: about(z.string(), 'The subject: one line.', { minLength: 1, maxLength: 200 }),
    text: about(z.string(), 'The text: plain text.', { minLength: 1, maxLength: 10_000 }),
    link: about(text, 'An https URL where people can try it.'),
    date: about(text, 'The start date, as people read it.'),
  }),
)
