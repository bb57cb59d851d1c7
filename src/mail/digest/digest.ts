// The weekly digest: on Mondays from 7:00 UTC, once to each technical contact who wants it.
import { definitionOf } from '../../events/catalogue.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { findTenant } from '../../directory/tenants/store.ts'
import { DAY, HOUR } from '../../durations.ts'
import { eachRow } from '../../platform/http/each-row.ts'
import { listTurns } from '../../rollout/turns/operations.ts'
import { unsubscribeURL } from '../channel.ts'
import type { MailOffice } from '../open-mail.ts'
import { post } from '../post/post.ts'
import { findReceivers } from '../receivers.ts'
import { dayOf } from '../templates/template.ts'
import { writeMail } from '../write.ts'
import { countEvents, findUndigested } from './store.ts'

/** Of a run: each tenant costs some queries and a mail for each contact. The next run goes on. */
const TENANTS_A_RUN = 20
const BEGINS = 7 * HOUR

/** The week before the Monday of `now`; null on other days and before the hour. */
export function weekToTell(now: number): { from: number; to: number } | null {
  const to = now - (now % DAY)
  const isMonday = new Date(now).getUTCDay() === 1
  return isMonday && now - to >= BEGINS ? { from: to - 7 * DAY, to } : null
}

export async function sendDigests(context: OperationContext, office: MailOffice): Promise<void> {
  const week = weekToTell(context.now)
  if (!week) return
  const causePrefix = `week ${dayOf(week.from)} `
  const few = { causePrefix, most: TENANTS_A_RUN }
  const tenantSids = await findUndigested(context.db, week, few)
  await eachRow('send_digests', tenantSids, { named: (tenantSid) => tenantSid }, (tenantSid) =>
    sendDigest(context, office, tenantSid, week, causePrefix + tenantSid),
  )
}

async function sendDigest(
  context: OperationContext,
  office: MailOffice,
  tenantSid: string,
  week: { from: number; to: number },
  cause: string,
): Promise<void> {
  const { db } = context
  const [tenant, receivers, counted, turns] = await Promise.all([
    findTenant(db, tenantSid),
    findReceivers(db, tenantSid, 'technical', 'digest'),
    countEvents(db, tenantSid, week),
    listTurns(context, { tenantSid, side: 'customer' }),
  ])
  const data = {
    from: dayOf(week.from),
    to: dayOf(week.to - 1),
    waiting: turns.ok ? turns.value.map(({ task }) => task) : [],
    soon: [],
    happened: counted
      .filter(({ type }) => definitionOf(type).audience === 'tenant')
      .map(({ type, times }) => ({ words: definitionOf(type).words, count: times })),
  }
  const { origin, product, branding } = office
  const letters = receivers.map(({ name, role, email, unsubscribeKey }) => ({
    template: 'weekly_digest' as const,
    about: cause,
    tenantSid,
    message: writeMail(
      'weekly_digest',
      data,
      {
        origin,
        product,
        branding,
        tenant: tenant ?? null,
        connection: null,
        receiver: { name, role },
      },
      { address: email, unsubscribeURL: unsubscribeURL(origin, unsubscribeKey, 'digest') },
    ),
  }))
  await post(context, office, cause, letters)
}
