// Posts mails: plans them with their letters, then sends each once. Called again for the same
// cause, it goes on where it stopped.
import { hashSecret } from '../../platform/secret.ts'
import type { Database } from '../../platform/db/client.ts'
import { createTimedSid } from '../../ids.ts'
import { inTurns } from '../../platform/in-turns.ts'
import type { MailMessage } from '../../platform/mail/message.ts'
import type { Mailer, SendResult } from '../../platform/mail/senders.ts'
import { maskAddress } from '../../saml/response/principal.ts'
import type { MailOffice } from '../open-mail.ts'
import type { TemplateName } from '../templates/templates.ts'
import { SENDING, type MailCode } from './rules.ts'
import {
  claimMail,
  findMailsOf,
  findOpen,
  giveUpUnclear,
  planMails,
  settleMail,
  type LetterRow,
  type MailRow,
} from './store.ts'

/** One mail to one receiver. */
export type PostedMail = {
  template: TemplateName
  /** What it is about: the same is not mailed twice within some hours. */
  about: string
  tenantSid: string | null
  message: MailMessage
  /** The text holds the secret of a link: it is not stored, and is sent now or not at all. */
  isSecret?: boolean
}

export type PostContext = { db: Database; now: number }

/** Sent at the same time: a Worker has six connections. */
const AT_ONCE = 5

/**
 * Posts the letters of one cause, such as an event: one mail to each receiver, whatever calls come
 * after it. Returns the mails of the cause as they are then.
 */
export async function post(
  context: PostContext,
  { mailer }: MailOffice,
  cause: string,
  letters: readonly PostedMail[],
): Promise<MailRow[]> {
  const { db, now } = context
  const planned = await Promise.all(
    letters.map(async ({ isSecret, message, ...mail }) => ({
      ...mail,
      cause,
      sid: createTimedSid('ML', now),
      address: maskAddress(message.to) ?? '…',
      receiverHash: await hashSecret(message.to.toLowerCase()),
      letter: isSecret ? null : message,
    })),
  )
  if (planned.length > 0) await planMails(db, planned, { now, hasSender: mailer !== null })
  if (mailer) {
    const secrets = new Map(
      planned.map(({ sid, letter }, at) => [sid, letter ? undefined : letters[at]!.message]),
    )
    await sendOpen(context, mailer, cause, secrets)
  }
  return findMailsOf(db, cause)
}

async function sendOpen(
  context: PostContext,
  mailer: Mailer,
  cause: string,
  secrets: ReadonlyMap<string, MailMessage | undefined>,
): Promise<void> {
  const { db, now } = context
  const staleBefore = now - SENDING
  // The binding does not recognise a mail that it has already taken.
  if (!mailer.isIdempotent) await giveUpUnclear(db, cause, { now, staleBefore })
  await inTurns(await findOpen(db, cause), AT_ONCE, async ({ mail, letter }) => {
    const message = secrets.get(mail.sid) ?? (letter && messageOf(letter))
    const claim = { now, staleBefore: mailer.isIdempotent ? staleBefore : null }
    if (!(await claimMail(db, mail.sid, claim))) return
    const sent: SendResult = message
      ? await mailer.send(message, mail.sid)
      : { ok: false, code: 'refused', isFinal: true }
    // A secret that was not sent is shown to the person who waits; it is nowhere else.
    const isLast = !letter
    await settleMail(db, mail.sid, { ...settled(sent, isLast), now })
  })
}

function settled(
  sent: SendResult,
  isLast: boolean,
): { outcome: MailRow['outcome']; code: MailCode | null } {
  if (sent.ok) return { outcome: 'sent', code: null }
  return { outcome: sent.isFinal || isLast ? 'failed' : 'waiting', code: sent.code }
}

function messageOf({ to, subject, text, html, headers }: LetterRow): MailMessage {
  return { to, subject, text, html, headers }
}

/** Whether nothing is left to try. */
export function isDone({ outcome }: MailRow): boolean {
  return outcome !== 'waiting' && outcome !== 'sending'
}
