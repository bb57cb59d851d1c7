// How much mail goes out, so that a storm of events is no storm of mail. Pure.
import { DAY, HOUR, MINUTE } from '../../durations.ts'
import type { MailKind } from '../templates/template.ts'

/** The same template about the same thing goes to a receiver once within this time. */
export const SAME_AGAIN = 6 * HOUR

/**
 * Mails of a day, for one tenant (and for operators together) and for all. Mails of the
 * kinds `security` and `personal` have limits of their own: other mail cannot use them up.
 */
export const A_DAY = { tenant: 200, all: 5000, period: DAY } as const

/** Letters that wait, or are there to copy, can be read this long. */
export const LETTERS_KEPT = 14 * DAY
export const LOG_KEPT = 90 * DAY

/** A run that has not ended after this has been killed. */
export const SENDING = 2 * MINUTE

/** Why a mail was held, failed or waits. For operators. */
export const CODE_WORDS = {
  same_again: 'The same was mailed to this address less than 6 hours ago',
  day_limit: 'Too much mail in a day',
  no_sender: 'No sender is set up',
  not_configured: 'Half of the mail settings are missing',
  refused: 'The mail service refused the message or the address',
  unauthorized: 'The mail service refused the key or the sender',
  limited: 'The mail service accepts no more mail at the moment',
  unreachable: 'The mail service did not answer',
  erased: 'It named a person who was erased',
  run_ended: 'The run ended before the answer came: it may have been sent',
} as const

export type MailCode = keyof typeof CODE_WORDS

/** Which limit a kind counts for. */
export const isUrgent = (kind: MailKind): boolean => kind === 'security' || kind === 'personal'
