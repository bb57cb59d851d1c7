// Informs the people of a list: writes the notice, sends it, and records who was informed.
import { findTenant } from '../../directory/tenants/store.ts'
import { isEndpoint, writtenURL } from '../../endpoint.ts'
import { difference } from '../../events/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { openLanguage } from '../../languages/translate.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { checkVersion, getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import { updateRollout } from '../cohort/store.ts'
import { renderCSV } from '../../platform/csv/render-csv.ts'
import { firstCursor, nextCursor, progressOf, type FreezeProgress } from '../list/freeze.ts'
import { findMembersChunk } from '../list/store/parts.ts'
import { missingIn, renderNotice, templateOf, type Notice } from './notice.ts'
import type { SendNotice } from './send-notice.ts'
import { claimChunk, findRecipients, finishInforming, markInformed } from './store.ts'

/** The messages of one call. Each costs one of the few requests that an invocation may make. */
const MESSAGES_AT_ONCE = 20

/** Rows of a CSV that are read at once. */
const ROWS_AT_ONCE = 1000

/**
 * Writes the notice. People who got another text must be informed again. Refuses
 * `not_there`, `forbidden`, `input` and `revision_changed`.
 */
export async function setNotice(
  context: OperationContext,
  sid: string,
  input: { subject: string; text: string; link: string | null; date: string | null },
): Promise<Result<Rollout, Problem>> {
  const found = await getRolloutTo('review', context, sid)
  if (!found.ok) return found
  const link = input.link === null ? null : writtenURL(input.link)
  const checked = checkNotice({ ...input, link })
  if (!checked.ok) return checked
  const rollout = found.value
  const { subject, text, date } = input
  if (rollout.notice) {
    const { after } = difference({ ...rollout.notice }, { subject, text, link, date })
    if (Object.keys(after).length === 0) return found
  }
  const notice: Notice = { subject, text, link, date, changedAt: context.now }
  const event = {
    type: 'rollout.notice_saved',
    ...(rollout.notice && { before: { ...rollout.notice } }),
    after: { ...notice },
  } as const
  if (!(await updateRollout(context, rollout, { notice, informedVersion: null }, event)))
    return problem('revision_changed', 'the rollout as it was read', 'another')
  return getRollout(context, sid)
}

function checkNotice(notice: Omit<Notice, 'changedAt'>): Result<true, Problem> {
  const { subject, text, link, date } = notice
  if (subject.trim().length < 1 || subject.length > 200 || /[\r\n]/.test(subject))
    return problem('input', 'one line of 1 to 200 characters', subject.slice(0, 200), 'subject')
  if (text.trim().length < 1 || text.length > 10_000)
    return problem('input', '1 to 10,000 characters', `${text.length}`, 'text')
  if (link !== null && !isEndpoint(link, false))
    return problem('input', 'an https URL, or none', link.slice(0, 200), 'link')
  if (date !== null && (date.trim().length < 1 || date.length > 100))
    return problem('input', '1 to 100 characters, or none', date.slice(0, 100), 'date')
  const [missing] = missingIn(notice)
  if (missing) return problem('input', `a ${missing}, because the text uses it`, 'none', missing)
  return ok(true)
}

export type InformProgress = FreezeProgress & {
  /** Messages that this call sent, and those that the binding refused. */
  sent: number
  failed: number
  /** When done: the number of people who are still not informed. */
  left: number
}

/**
 * Records that the included people of the newest list were informed by hand (1,000 rows a call), or
 * informs them through `send` (20 messages a call). No one gets the same notice twice. A refused
 * message is marked on its row, and the next run tries it again. Refuses `not_there`,
 * `forbidden`, `input` (no notice to send), `rollout_stale` and `rollout_not_frozen`.
 */
export async function inform(
  context: OperationContext,
  sid: string,
  { version, send }: { version: number; send?: SendNotice | undefined },
): Promise<Result<InformProgress, Problem>> {
  const found = await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  const rollout = found.value
  const checked = checkVersion(rollout, version)
  if (!checked.ok) return checked
  if (send && rollout.notice === null) return problem('input', 'a notice', 'none', 'notice')
  return send ? informBySending(context, rollout, send) : informByHand(context, rollout)
}

async function informByHand(
  context: OperationContext,
  rollout: Rollout,
): Promise<Result<InformProgress, Problem>> {
  const stored = rollout.cursors.inform
  const cursor = stored ?? (await firstCursor(context, rollout))
  const chunk = await findMembersChunk(context.db, rollout, cursor.after)
  if (chunk) await markInformed(context, rollout, { after: cursor.after, last: chunk.last })
  const next = nextCursor(cursor, chunk)
  if (next === null) return finish(context, rollout, 'by hand', { sent: 0, failed: 0 })
  const claimed = await claimChunk(context, rollout, stored, next)
  return ok({ ...progressOf(claimed ? next : cursor, false), sent: 0, failed: 0, left: 0 })
}

async function informBySending(
  context: OperationContext,
  rollout: Rollout,
  send: SendNotice,
): Promise<Result<InformProgress, Problem>> {
  const { notice } = rollout
  if (notice === null) throw new TypeError('the rollout has no notice to send')
  const stored = rollout.cursors.inform
  const cursor = stored ?? (await firstCursor(context, rollout))
  const page = { after: cursor.after, limit: MESSAGES_AT_ONCE }
  const recipients = await findRecipients(context.db, rollout, page)
  const last = recipients.at(-1)
  if (!last) return finish(context, rollout, 'by e-mail', { sent: 0, failed: 0 })
  const next = { ...cursor, after: last.userSid, seen: cursor.seen + recipients.length }
  const waiting = { ...progressOf(cursor, false), sent: 0, failed: 0, left: 0 }
  // Claimed before sending, so that two calls at once send nothing twice.
  if (!(await claimChunk(context, rollout, stored, next))) return ok(waiting)
  const own = await findTenant(context.db, rollout.tenantSid)
  const language = own?.language ?? 'en'
  const results = await Promise.allSettled(
    recipients.map((person) =>
      send(
        { ...renderNotice(notice, person), language, own },
        `${rollout.sid}/${person.userSid}/${notice.changedAt}`,
      ),
    ),
  )
  const failed = recipients
    .filter((_, index) => !isSent(results[index]!))
    .map(({ userSid }) => userSid)
  const userSids = recipients.map(({ userSid }) => userSid)
  await markInformed(context, rollout, { userSids }, failed)
  const sent = recipients.length - failed.length
  return ok({ ...progressOf(next, false), sent, failed: failed.length, left: 0 })
}

/** The initial text of the rollout's notice, in the language of its tenant. */
export async function firstNotice(context: OperationContext, rollout: Rollout) {
  const tenant = await findTenant(context.db, rollout.tenantSid)
  return templateOf(rollout, await openLanguage(tenant?.language ?? 'en'))
}

const isSent = (result: PromiseSettledResult<{ ok: boolean }>) =>
  result.status === 'fulfilled' && result.value.ok

async function finish(
  context: OperationContext,
  rollout: Rollout,
  how: string,
  sent: { sent: number; failed: number },
): Promise<Result<InformProgress, Problem>> {
  const left = await finishInforming(context, rollout, rollout.cursors.inform, how)
  const cursor = rollout.cursors.inform ?? { version: rollout.version, seen: 0, total: 0 }
  return left === false
    ? ok({ ...progressOf(cursor, false), ...sent, left: 0 })
    : ok({ ...progressOf(cursor, true), ...sent, left })
}

/**
 * The included people of the newest list as CSV, for a mail program. Throws a TypeError if the
 * rollout does not exist: call `getRollout` first.
 */
export async function* recipientsCSV(
  context: OperationContext,
  sid: string,
): AsyncGenerator<string> {
  const found = await getRollout(context, sid)
  if (!found.ok) throw new TypeError(found.error.code)
  yield renderCSV([['e-mail', 'first name', 'last name']])
  let after = ''
  for (;;) {
    const page = { after, limit: ROWS_AT_ONCE, all: true }
    const recipients = await findRecipients(context.db, found.value, page)
    if (recipients.length === 0) return
    yield renderCSV(
      recipients.map(({ email, firstName, lastName }) => [email, firstName, lastName]),
    )
    after = recipients.at(-1)!.userSid
  }
}
