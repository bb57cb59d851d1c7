// The mail log, for operators: what was sent, what waits, what is there to copy.
import { may } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import type { MailOffice } from './open-mail.ts'
import { post } from './post/post.ts'
import { findMail, findMails, reopenMail, type LetterRow, type MailRow } from './post/store.ts'

/** Newest first, of all or of one tenant. Refuses `forbidden`. */
export async function listMails(
  context: OperationContext,
  of: { tenantSid?: string | undefined },
  page: PageRequest,
): Promise<Result<Page<MailRow>, Problem>> {
  const refused = refuseOthers(context)
  return refused ?? ok(toPage(await findMails(context.db, of, page), page))
}

export type MailDetail = { mail: MailRow; letter: LetterRow | null; tenantName: string | null }

/** With its words, where they are kept. Refuses `forbidden` and `not_there`. */
export async function getMail(
  context: OperationContext,
  sid: string,
): Promise<Result<MailDetail, Problem>> {
  const refused = refuseOthers(context)
  if (refused) return refused
  const found = await findMail(context.db, sid)
  return found ? ok(found) : problem('not_there', 'a mail', sid)
}

/**
 * Sends a mail again that failed, waits or is unclear. Refuses `forbidden`, `not_there`,
 * `not_configured` without a sender, and `input` where its words are no longer kept.
 */
export async function sendMailAgain(
  context: OperationContext,
  office: MailOffice,
  sid: string,
): Promise<Result<MailDetail, Problem>> {
  const found = await getMail(context, sid)
  if (!found.ok) return found
  if (!may(context.actor, 'operate', NO_TENANT))
    return problem('forbidden', 'an operator', context.actor.kind)
  if (!office.mailer) return problem('not_configured', 'a deployment that sends mail', 'none')
  if (!(await reopenMail(context.db, sid, context.now)))
    return problem('input', 'a mail that was not sent, with its words', found.value.mail.outcome)
  await post(context, office, found.value.mail.cause, [])
  return getMail(context, sid)
}

const NO_TENANT = { tenantSid: null, connectionSid: null }

/** For operators alone. */
export function refuseOthers({
  actor,
}: OperationContext): { ok: false; error: Problem } | undefined {
  const isOperator = may(actor, 'view', NO_TENANT)
  return isOperator ? undefined : problem('forbidden', 'an operator', actor.kind)
}
