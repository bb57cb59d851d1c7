// The weekly digest: on Mondays from 7:00 UTC, once to each address of contacts and operators that
// wants it.
import { definitionOf } from '../../events/catalogue.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { findTenant } from '../../directory/tenants/store.ts'
import { DAY, HOUR } from '../../durations.ts'
import { eachRow } from '../../platform/http/each-row.ts'
import { listTurns, type Turn } from '../../rollout/turns/operations.ts'
import { unsubscribeURL } from '../channel.ts'
import type { MailOffice } from '../open-mail.ts'
import { post } from '../post/post.ts'
import { findDigestReceivers } from '../receivers.ts'
import type { DigestData } from '../templates/progress.ts'
import { dayOf } from '../templates/template.ts'
import { writeMail } from '../write.ts'
import { linesOf } from './soon.ts'
import { findDue } from './store/due.ts'
import { countEvents, findUndigested, isOwed, type Week } from './store/weeks.ts'

/** Of a run: each tenant costs some queries and a mail for each contact. The next run goes on. */
const TENANTS_A_RUN = 20
const BEGINS = 7 * HOUR
const SOON = 30 * DAY
/** Steps of one digest. */
const MOST_STEPS = 20

/** The week before the Monday of `now`; null on other days and before the hour. */
export function weekToTell(now: number): Week | null {
  const to = now - (now % DAY)
  const isMonday = new Date(now).getUTCDay() === 1
  return isMonday && now - to >= BEGINS ? { from: to - 7 * DAY, to } : null
}

/** May run as often as it likes: a digest is posted once. */
export async function sendDigests(context: OperationContext, office: MailOffice): Promise<void> {
  const { db, now } = context
  const week = weekToTell(now)
  if (!week) return
  const causePrefix = `week ${dayOf(week.from)} `
  const of = { causePrefix, most: TENANTS_A_RUN, due: dueFrom(now) }
  const tenantSids = await findUndigested(db, week, of)
  const named = (tenantSid: string) => tenantSid
  await eachRow('send_digests', tenantSids, { named }, (tenantSid) =>
    sendDigest(context, office, { tenantSid, week, cause: causePrefix + tenantSid }),
  )
  const cause = `${causePrefix}operators`
  if (await isOwed(db, cause, now))
    await sendDigest(context, office, { tenantSid: null, week, cause })
}

const dueFrom = (now: number) => ({ now, until: now + SOON })

/** `tenantSid` null: of all tenants, to operators. */
type DigestOf = { tenantSid: string | null; week: Week; cause: string }

async function sendDigest(
  context: OperationContext,
  office: MailOffice,
  { tenantSid, week, cause }: DigestOf,
): Promise<void> {
  const receivers = await findDigestReceivers(context.db, tenantSid)
  if (receivers.length === 0) return
  const data = await gather(context, office, tenantSid, week)
  if (data.waiting.length + data.soon.length + data.happened.length === 0) return
  const tenant = tenantSid === null ? null : await findTenant(context.db, tenantSid)
  const { origin, product, branding } = office
  const at = { origin, product, branding, tenant: tenant ?? null, connection: null }
  const letters = receivers.map(({ name, role, email, unsubscribeKey }) => ({
    template: 'weekly_digest' as const,
    about: cause,
    tenantSid,
    message: writeMail(
      'weekly_digest',
      data,
      { ...at, receiver: { name, role } },
      { address: email, unsubscribeURL: unsubscribeURL(origin, unsubscribeKey, 'digest') },
    ),
  }))
  await post(context, office, cause, letters)
}

async function gather(
  context: OperationContext,
  { product }: MailOffice,
  tenantSid: string | null,
  week: Week,
): Promise<DigestData> {
  const { db, now } = context
  const isForOperators = tenantSid === null
  const [counted, due, turns] = await Promise.all([
    countEvents(db, tenantSid, week),
    findDue(db, tenantSid, dueFrom(now)),
    listTurns(context, isForOperators ? { side: 'operator' } : { tenantSid, side: 'customer' }),
  ])
  return {
    from: dayOf(week.from),
    to: dayOf(week.to - 1),
    waiting: turns.ok ? stepsOf(turns.value, isForOperators) : [],
    soon: linesOf(due, { product, isForOperators }),
    happened: counted
      .filter(({ type }) => isForOperators || definitionOf(type).audience === 'tenant')
      .map(({ type, times }) => ({ words: definitionOf(type).words, count: times })),
  }
}

function stepsOf(turns: readonly Turn[], isForOperators: boolean): string[] {
  const steps = turns.slice(0, MOST_STEPS).map(({ task, connection, rollout, tenant }) => {
    const whose = isForOperators ? ` (${tenant.name})` : ''
    return `${(rollout ?? connection).name}${whose}: ${task}`
  })
  const left = turns.length - steps.length
  return left === 0 ? steps : [...steps, `${left} more. The console has them all.`]
}
