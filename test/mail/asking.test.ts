// Each event type that asks for action reaches the side that must act: by a mail of its own, or by
// that of the step that waits after it.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { definitionOf, EVENT_TYPES, type EventType } from '../../src/events/catalogue.ts'
import { dataOf, exampleOf } from '../../src/events/event-data.ts'
import { findEventsOf } from '../../src/events/outbox/store.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { wakeDelivery } from '../../src/deliver-events.ts'
import { openMailChannel } from '../../src/mail/channel.ts'
import { addContact } from '../../src/mail/contacts/operations.ts'
import { roleOfStep } from '../../src/mail/templates/turns.ts'
import { isTemplateName, TEMPLATES } from '../../src/mail/templates/templates.ts'
import { createSid } from '../../src/ids.ts'
import { knowJobs, noteRun } from '../../src/health/store.ts'
import { watchJobs } from '../../src/health/watch-jobs.ts'
import { conditions, jobRuns, mailLetters, mails } from '../../src/platform/db/schema.ts'
import { isTurnStep, TURN_STEPS } from '../../src/rollout/turns/turn.ts'
import { good, request } from '../support/request.ts'
import { clearDatabase, createWorld, db, type World } from '../support/world.ts'

const ASKING = EVENT_TYPES.filter((type) => definitionOf(type).asks !== null)
const MAILING = ASKING.filter((type) => definitionOf(type).mail !== null)

describe('an event type that asks for action', () => {
  it.each(ASKING)('%s has a mail, or a step that has one, to the side that must act', (type) => {
    const { asks, mail, step } = definitionOf(type)
    expect([mail === null, step === null]).toContain(true)
    if (mail) {
      expect(isTemplateName(mail.template)).toBe(true)
      // What a customer must do, operators can read in the history; what operators must do about
      // an IdP, the customer's technical contact learns too.
      if (asks === 'customer') expect(mail.to).not.toBe('operator')
      return
    }
    expect(isTurnStep(step!)).toBe(true)
    if (!isTurnStep(step!)) return
    expect(TURN_STEPS[step].side).toBe(asks)
    expect(roleOfStep(step) === 'operator').toBe(asks === 'operator')
  })

  it('is one of many, and no type has a step without asking', () => {
    expect(ASKING.length).toBeGreaterThan(20)
    const steps = EVENT_TYPES.filter((type) => definitionOf(type).step !== null)
    expect(steps.filter((type) => definitionOf(type).asks === null)).toEqual([])
  })
})

let world: World
beforeAll(async () => {
  await clearDatabase()
  world = await createWorld()
  const { tenantSid } = world
  const ask = request()
  const contact = { name: 'Ann', muted: [] }
  for (const role of ['technical', 'business', 'security'])
    good(await addContact(ask, tenantSid, { ...contact, role, email: `${role}@tenant.example` }))
  const ops = { ...contact, role: 'operator', email: 'ops@vendor.example' }
  good(await addContact(ask, null, ops))
})

/** An event of the type, with the data of its example. */
async function record(type: EventType) {
  const { audience } = definitionOf(type)
  const { tenantSid, connectionSid } = world
  const isOurs = audience === 'operator'
  const sid = createSid('EV')
  await db.insert(recordedEvents).values({
    sid,
    type,
    tenantSid: isOurs ? null : tenantSid,
    connectionSid: isOurs ? null : connectionSid,
    subjectSid: isOurs ? 'DB' : connectionSid,
    actorKind: 'maintenance',
    mails: true,
    after: exampleOf(type),
    createdAt: Date.now(),
  })
  return sid
}

/** Delivers the mails of an event to be copied, and returns addresses and words. */
async function mailsOf(sid: string) {
  const channel = openMailChannel({
    env: { ...env, EMAIL: undefined! },
    db,
    network: request().network,
    now: Date.now(),
  })
  const [event] = await findEventsOf(db, [sid])
  const deliverable = { ...event!, actor: { kind: event!.actorKind, id: null }, data: {} }
  expect(await channel(deliverable, '', Date.now(), event)).toEqual({ delivered: true })
  return db
    .select({ to: mailLetters.to, subject: mailLetters.subject, text: mailLetters.text })
    .from(mails)
    .innerJoin(mailLetters, eq(mailLetters.mailSid, mails.sid))
    .where(eq(mails.cause, sid))
}

describe('its mail', () => {
  beforeEach(async () => {
    await db.delete(mailLetters)
    await db.delete(mails)
  })

  it.each(MAILING)('%s goes to the contacts of its role, with its numbers', async (type) => {
    const { mail } = definitionOf(type)
    const sent = await mailsOf(await record(type))
    const address = mail!.to === 'operator' ? 'ops@vendor.example' : `${mail!.to}@tenant.example`
    expect(sent.map(({ to }) => to)).toEqual([address])
    expect(`${sent[0]!.subject}\n${sent[0]!.text}`).not.toMatch(/NaN|undefined|null|\[object/)
    expect(sent[0]!.text).toContain(mail!.to === 'operator' ? '/console' : '/setup')
    const own = dataOf({ type, before: null, after: exampleOf(type) })
    if ('count' in own) expect(sent[0]!.text).toContain(String(own['count']))
  })

  it('is not written where the numbers of the event are gone', async () => {
    const sid = createSid('EV')
    await db.insert(recordedEvents).values({
      sid,
      type: 'scim.storm_detected',
      tenantSid: world.tenantSid,
      connectionSid: world.connectionSid,
      subjectSid: world.connectionSid,
      actorKind: 'maintenance',
      mails: true,
      createdAt: Date.now(),
    })
    expect(await mailsOf(sid)).toEqual([])
  })

  it('comes once for the many addresses that an import claims', async () => {
    const [first, second] = [
      await record('address_claim.created'),
      await record('address_claim.created'),
    ]
    await mailsOf(first)
    expect(await mailsOf(second)).toEqual([])
    const rows = await db.select().from(mails).where(eq(mails.cause, second))
    expect(rows.map(({ outcome, code }) => [outcome, code])).toEqual([['held', 'same_again']])
  })

  it('can be stopped by its receiver, where it is a warning', () => {
    for (const type of MAILING) {
      const { template } = definitionOf(type).mail!
      if (isTemplateName(template) && definitionOf(type).mail!.to === 'operator')
        expect(TEMPLATES[template].kind).toBe('warnings')
    }
  })
})

describe('a job that does not run', () => {
  const told = async () => {
    const rows = await db.select().from(recordedEvents)
    return rows
      .filter(({ type, subjectSid }) => type.startsWith('job.') && subjectSid === 'send_digests')
      .map(({ type, after }) => [type, after])
  }
  const silent = ['job.fell_silent', { job: 'send_digests' }]

  it('is told once by the other jobs, or by a request where none runs, and told when it is back', async () => {
    const now = Date.now()
    await knowJobs(db, [{ job: 'send_digests', everySeconds: 300 }], now - 3_600_000)
    await watchJobs(db, now)
    await watchJobs(db, now + 60_000)
    expect(await told()).toEqual([silent])
    await noteRun(db, 'send_digests', { isDone: true, endedAt: now, milliseconds: 1 })
    await watchJobs(db, now)
    expect(await told()).toEqual([silent, ['job.ran_again', { job: 'send_digests' }]])
    await db.delete(conditions)
    await db.update(jobRuns).set({ succeededAt: now - 3_600_000 })
    // This isolate may have looked a moment ago.
    vi.useFakeTimers({ toFake: ['Date'], now: now + 600_000 })
    const wake = { env, network: request().network, offers: [] }
    await wakeDelivery(wake)
    await wakeDelivery(wake)
    vi.useRealTimers()
    expect((await told()).slice(2)).toEqual([silent])
    await db.delete(jobRuns)
  })
})
