// An event becomes one mail for each receiver: once, whatever ends in between, and no storm.
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { recordEvent } from '../../src/events/store.ts'
import { deliverable } from '../../src/events/outbox/deliverable.ts'
import { findEventsOf } from '../../src/events/outbox/store.ts'
import { mailOf } from '../../src/mail/event-mails.ts'
import { addContact } from '../../src/mail/contacts/operations.ts'
import { openMailChannel } from '../../src/mail/channel.ts'
import { sendMailAgain } from '../../src/mail/log-operations.ts'
import { post, type PostedMail } from '../../src/mail/post/post.ts'
import { claimMail } from '../../src/mail/post/store.ts'
import { CATALOGUE, definitionOf, EVENT_TYPES } from '../../src/events/catalogue.ts'
import { isTemplateName } from '../../src/mail/templates/templates.ts'
import { events, mailLetters, mails } from '../../src/platform/db/schema.ts'
import type { MailMessage } from '../../src/platform/mail/message.ts'
import type { SendResult } from '../../src/platform/mail/senders.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const HOUR = 3600_000
const OK: SendResult = { ok: true }

function officeOf(answers: (SendResult | 'killed')[] = [], isIdempotent = true) {
  const sent: { message: MailMessage; key: string }[] = []
  const send = async (message: MailMessage, key: string): Promise<SendResult> => {
    const answer = answers.shift() ?? OK
    if (answer === 'killed') {
      sent.push({ message, key })
      throw new Error('the run ends here')
    }
    if (answer.ok) sent.push({ message, key })
    return answer
  }
  return { sent, office: { mailer: { isIdempotent, send }, origin: ORIGIN, product: 'Vendor' } }
}

const letter = (tenantSid: string, more: Partial<PostedMail> = {}): PostedMail => ({
  template: 'metadata_failing',
  about: tenantSid,
  tenantSid,
  message: { to: 'ann@tenant.example', subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' },
  ...more,
})

const outcomesOf = async (cause: string) =>
  (await db.select().from(mails).where(eq(mails.cause, cause))).map(({ outcome, code }) => [
    outcome,
    code,
  ])

it('sends once for a cause, also where a run comes again, and keeps no words of it', async () => {
  const { tenantSid } = await createWorld()
  const { sent, office } = officeOf()
  const cause = `EV ${tenantSid}`
  const context = { db, now: Date.now() }
  await Promise.all([
    post(context, office, cause, [letter(tenantSid)]),
    post(context, office, cause, [letter(tenantSid)]),
  ])
  await post(context, office, cause, [letter(tenantSid)])
  expect(sent).toHaveLength(1)
  const [row] = await db.select().from(mails).where(eq(mails.cause, cause))
  expect(row).toMatchObject({ outcome: 'sent', address: 'a…@tenant.example', attempts: 1 })
  expect(JSON.stringify(row)).not.toContain('ann@')
  expect(await db.select().from(mailLetters).where(eq(mailLetters.mailSid, row!.sid))).toEqual([])
})

it('never sends again what the binding took before the run was killed', async () => {
  const { tenantSid } = await createWorld()
  const { sent, office } = officeOf(['killed'], false)
  const cause = `EV ${tenantSid}`
  const now = Date.now()
  await post({ db, now }, office, cause, [letter(tenantSid)]).catch(() => undefined)
  expect(await outcomesOf(cause)).toEqual([['sending', null]])
  await post({ db, now: now + HOUR }, office, cause, [])
  expect(sent).toHaveLength(1)
  expect(await outcomesOf(cause)).toEqual([['unclear', 'run_ended']])
  // A person decides.
  const [row] = await db.select().from(mails).where(eq(mails.cause, cause))
  good(await sendMailAgain(request(), office, row!.sid))
  expect(sent).toHaveLength(2)
})

it('tries again with the same key where the service recognises it', async () => {
  const { tenantSid } = await createWorld()
  const { sent, office } = officeOf(['killed'])
  const cause = `EV ${tenantSid}`
  const now = Date.now()
  await post({ db, now }, office, cause, [letter(tenantSid)]).catch(() => undefined)
  await post({ db, now: now + HOUR }, office, cause, [])
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
  expect(await outcomesOf(cause)).toEqual([['sent', null]])
})

it('waits after a fault, and gives up what was refused', async () => {
  const { tenantSid } = await createWorld()
  const fault = { ok: false, code: 'unreachable', isFinal: false } as const
  const refused = { ok: false, code: 'refused', isFinal: true } as const
  const { sent, office } = officeOf([fault])
  const cause = `EV ${tenantSid}`
  const context = { db, now: Date.now() }
  await post(context, office, cause, [letter(tenantSid)])
  expect(await outcomesOf(cause)).toEqual([['waiting', 'unreachable']])
  await post(context, office, cause, [])
  expect([sent.length, await outcomesOf(cause)]).toEqual([1, [['sent', null]]])
  const other = officeOf([refused])
  await post(context, other.office, `${cause} 2`, [letter(tenantSid, { about: 'another' })])
  expect(await outcomesOf(`${cause} 2`)).toEqual([['failed', 'refused']])
})

it('holds the same mail for hours, and too many in a day, but no security mail for others', async () => {
  const { tenantSid } = await createWorld()
  const { sent, office } = officeOf()
  const now = Date.now()
  const postAt = (cause: string, at: number, more: Partial<PostedMail> = {}) =>
    post({ db, now: at }, office, `${tenantSid} ${cause}`, [letter(tenantSid, more)])
  await postAt('1', now)
  await postAt('2', now + HOUR)
  expect(await outcomesOf(`${tenantSid} 2`)).toEqual([['held', 'same_again']])
  await postAt('3', now + 7 * HOUR)
  expect(sent).toHaveLength(2)
  const [row] = await db
    .select()
    .from(mails)
    .where(eq(mails.cause, `${tenantSid} 1`))
  const rows = Array.from({ length: 200 }, (_, at) => ({
    ...row!,
    sid: `ML${tenantSid.slice(2, 20)}${at}`,
    cause: `${tenantSid} full ${at}`,
    createdAt: now + 7 * HOUR,
  }))
  for (let at = 0; at < rows.length; at += 5) await db.insert(mails).values(rows.slice(at, at + 5))
  await postAt('4', now + 8 * HOUR, { about: 'x' })
  expect(await outcomesOf(`${tenantSid} 4`)).toEqual([['held', 'day_limit']])
  await postAt('5', now + 8 * HOUR, { about: 'x', template: 'break_glass_used' })
  expect(await outcomesOf(`${tenantSid} 5`)).toEqual([['sent', null]])
  await db.delete(mails).where(and(eq(mails.tenantSid, tenantSid), eq(mails.attempts, 1)))
})

it('keeps the words to copy without a sender, and never those with a secret', async () => {
  const { tenantSid } = await createWorld()
  const office = { mailer: null, origin: ORIGIN, product: 'Vendor' }
  const context = { db, now: Date.now() }
  const secret = letter(tenantSid, { template: 'setup_link', isSecret: true })
  const rows = [
    ...(await post(context, office, `${tenantSid} a`, [letter(tenantSid)])),
    ...(await post(context, office, `${tenantSid} b`, [secret])),
  ]
  expect(rows.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['copy', 'no_sender'],
    ['copy', 'no_sender'],
  ])
  const kept = await db.select().from(mailLetters)
  expect(kept.some(({ mailSid }) => mailSid === rows[0]!.sid)).toBe(true)
  expect(kept.some(({ mailSid }) => mailSid === rows[1]!.sid)).toBe(false)
})

it('two runs never have the same mail', async () => {
  const { tenantSid } = await createWorld()
  const fault = { ok: false, code: 'limited', isFinal: false } as const
  const { office } = officeOf([fault])
  const now = Date.now()
  const [row] = await post({ db, now }, office, `${tenantSid} c`, [letter(tenantSid)])
  const claim = { now, staleBefore: null }
  const claims = await Promise.all([claimMail(db, row!.sid, claim), claimMail(db, row!.sid, claim)])
  expect(claims.toSorted()).toEqual([false, true])
})

it('writes to the contacts of the role, to others in their absence, and to nobody who is not wanting', async () => {
  const { tenantSid, connectionSid } = await createWorld()
  const add = (role: string, email: string, muted: string[] = []) =>
    addContact(request(), tenantSid, { role, name: 'Ann', email, muted })
  good(await add('business', 'biz@tenant.example'))
  const channel = openMailChannel({
    env: { ...env, EMAIL: undefined! },
    db,
    network: request().network,
    now: 0,
  })
  const fail = async () => {
    const now = Date.now()
    await recordEvent(db, {
      actor: { kind: 'maintenance' },
      now,
      type: 'metadata_source.failed',
      tenantSid,
      subjectSid: connectionSid,
      connectionSid,
      after: {},
    })
    const all = await db.select().from(events).where(eq(events.subjectSid, connectionSid))
    const { sid } = all.at(-1)!
    const [event] = await findEventsOf(db, [sid])
    expect(await channel(deliverable(event!), '', now, event)).toEqual({ delivered: true })
    const rows = await db.select().from(mails).where(eq(mails.cause, sid))
    return rows.map(({ address, outcome }) => [address, outcome])
  }
  expect(await fail()).toEqual([['b…@tenant.example', 'copy']])
  good(await add('technical', 'tech@tenant.example'))
  good(await add('technical', 'muted@tenant.example', ['warnings']))
  expect(await fail()).toEqual([['t…@tenant.example', 'copy']])
})

it('each event that mails has a template, and reads what it needs', () => {
  for (const type of EVENT_TYPES) {
    const { mail } = definitionOf(type)
    if (mail && mail.to !== 'by_step')
      expect([type, isTemplateName(mail.template)]).toEqual([type, true])
  }
  expect(Object.keys(CATALOGUE).length).toBeGreaterThan(50)
  const base = {
    sid: 'EV1',
    subjectSid: 'CN1',
    tenantSid: 'TN1',
    before: null,
    createdAt: 0,
    actor: 'operator o',
  }
  const of = (type: string, after: object, more: object = {}) =>
    mailOf({ ...base, type, after, ...more } as never, null)
  expect(of('turn.began', { step: 'review' })).toMatchObject({
    template: 'turn_review',
    role: 'business',
  })
  expect(of('turn.began', { step: 'enforce' })).toMatchObject({ role: 'operator' })
  expect(of('turn.began', { step: 'toString' })).toBeNull()
  expect(of('certificate.expiring', { notAfter: 14 * 24 * HOUR })).toMatchObject({
    data: { days: 14 },
  })
  expect(of('connection.signed_off', { side: 'customer', verdict: 'pass' })).toBeNull()
  expect(of('contact.removed', {}, { before: { role: 'business' } })).toBeNull()
  const removed = { role: 'security', name: 'Ann', email: 'ann@tenant.example' }
  expect(of('contact.removed', {}, { before: removed })).toMatchObject({
    template: 'contact_changed',
    also: [{ name: 'Ann', email: 'ann@tenant.example' }],
  })
})
