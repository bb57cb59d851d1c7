// A row that somebody has broken stops no job: it is named in the log, and the others are worked on.
import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { asc, eq, inArray, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createConnection } from '../src/connections/operations.ts'
import { readConfig } from '../src/env.ts'
import { chainEvents } from '../src/events/chain/extend.ts'
import { verifyChain } from '../src/events/chain/operations.ts'
import { readFeed } from '../src/events/feed/read-feed.ts'
import { offerEvent } from '../src/events/outbox/store.ts'
import { recordEvent } from '../src/events/store.ts'
import { addContact } from '../src/mail/contacts/operations.ts'
import {
  contacts,
  events,
  mails,
  outbox,
  rollouts,
  tenants,
  turns,
  users,
} from '../src/platform/db/schema.ts'
import { sweep } from '../src/platform/db/sweep.ts'
import { createSid } from '../src/ids.ts'
import { eachRow } from '../src/platform/http/each-row.ts'
import { StorageError } from '../src/platform/storage/storage-error.ts'
import { approve, inform } from '../src/rollout/operations.ts'
import worker from '../src/worker.ts'
import schema from '../src/platform/db/schema.sql?raw'
import { createReadyCustomer } from './rollout/customer.ts'
import { good, OPERATOR, request } from './support/request.ts'
import { addWebhookEndpoint, forgetWebhooks } from './support/webhook-endpoint.ts'
import { clearDatabase, createWorld, db } from './support/world.ts'

let lines: { event: string; [field: string]: unknown }[] = []
beforeEach(async () => {
  await clearDatabase()
  lines = []
  const keep = (line: unknown) => {
    const text = String(line)
    if (text.startsWith('{"event"')) lines.push(JSON.parse(text) as (typeof lines)[number])
  }
  for (const level of ['log', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation(keep)
  vi.stubGlobal('fetch', async () => new Response(null, { status: 503 }))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const run = (cron: string) =>
  worker.scheduled(createScheduledController({ cron }), ENV).catch(() => undefined)
const ENV = { ...env, EMAIL: undefined! }
const named = (event: string) => lines.filter((line) => line.event === event)

/** With the triggers that keep details as they are taken away, and put back at once. */
async function breakDetails(seq: number, personal: string) {
  const name = 'event_details_keep_row'
  const trigger = schema
    .split(/\n(?=CREATE )/)
    .find((text) => text.startsWith(`CREATE TRIGGER ${name} `))
  await env.DB.batch([
    env.DB.prepare(`DROP TRIGGER ${name}`),
    env.DB.prepare('UPDATE event_details SET personal = ? WHERE event_seq = ?').bind(personal, seq),
    env.DB.prepare(`${trigger!.split(/\nEND;/)[0]!}\nEND`),
  ])
}

async function record(
  tenantSid: string,
  type: 'user.updated' | 'contact.created' = 'user.updated',
) {
  const subjectSid = createSid('US')
  const after = { name: 'B', role: 'security' }
  await recordEvent(db, { actor: OPERATOR, now: Date.now(), tenantSid, type, subjectSid, after })
  const [event] = await db.select().from(events).where(eq(events.subjectSid, subjectSid))
  return event!
}

/** There is no network, so that each waits for its next try. */
const isTried = ({ nextAt, createdAt }: typeof outbox.$inferSelect) => nextAt > createdAt

const BROKEN = ['{', '', '[]', '"text"', '5', 'null', '{"before":"x","after":[1]}', '{"name":{}}']

describe('the details of an event that are no JSON, or other JSON', () => {
  // Objects and the cursor of other tests.
  beforeEach(async () => {
    const bucket = ENV.EVENTS_BUCKET!
    for (const { key } of (await bucket.list()).objects) await bucket.delete(key)
  })

  it.each(BROKEN)(
    '%j: feed, push, outbox and chain go on, and audit verify names it',
    async (text) => {
      const { tenantSid } = await createWorld()
      await addWebhookEndpoint(tenantSid, { types: ['*'] })
      const all = [await record(tenantSid), await record(tenantSid), await record(tenantSid)]
      const [, middle] = all
      await breakDetails(middle!.seq, text)
      const wanted = all.map(({ sid }) => sid)
      const source = async () => ({ items: [], readTo: 'AT', isEnd: true })
      const page = good(await readFeed(request(), { filter: {}, cursor: null, limit: 100 }, source))
      expect(page.items.map(({ sid }) => sid)).toEqual(expect.arrayContaining(wanted))
      const item = page.items.find(({ sid }) => sid === middle!.sid)
      expect([item!.before, item!.isErased]).toEqual([null, false])
      const isJSON = text !== '{' && text !== ''
      expect(item!.isUnreadable).toBe(!isJSON)
      lines = []
      await run('* * * * *')
      expect(named('job_failed')).toEqual([])
      if (!isJSON)
        expect(named('event_unreadable')).toContainEqual(
          expect.objectContaining({ seq: middle!.seq }),
        )
      const bucket = ENV.EVENTS_BUCKET!
      const { objects } = await bucket.list({ prefix: 'events/' })
      const texts = await Promise.all(
        objects.map(async ({ key }) => (await bucket.get(key))!.text()),
      )
      for (const sid of wanted) expect(texts.join('')).toContain(sid)
      const rows = await db.select().from(outbox).where(inArray(outbox.eventSid, wanted))
      expect(rows.map(isTried)).toEqual([true, true, true])
      const { keySecrets } = readConfig(env)
      const verified = good(
        await verifyChain(request(), { chain: tenantSid, cursor: null, limit: 100 }, keySecrets),
      )
      const faults = verified.faults.map(({ code, seq }) => [code, seq])
      // It was broken before it had its place: what is JSON was hashed as it was.
      expect(faults).toEqual(isJSON ? [] : [['details_changed', middle!.seq]])
      await forgetWebhooks()
    },
  )

  it('after it had its place is tampered with, and no run stops', async () => {
    const { tenantSid } = await createWorld()
    const { seq } = await record(tenantSid)
    const { keySecrets: secrets } = readConfig(env)
    while ((await chainEvents({ db, secrets, now: Date.now() })).chained > 0);
    await breakDetails(seq, '{')
    await record(tenantSid)
    await run('* * * * *')
    expect(named('job_failed')).toEqual([])
    const verified = good(
      await verifyChain(request(), { chain: tenantSid, cursor: null, limit: 100 }, secrets),
    )
    expect(verified.faults.map(({ code }) => code)).toEqual(['details_changed'])
  })
})

it('a type that this release does not know leaves like the others', async () => {
  const { tenantSid } = await createWorld()
  await addWebhookEndpoint(tenantSid, { types: ['*'] })
  await db.insert(events).values({
    sid: createSid('EV'),
    tenantSid,
    type: 'constructor' as never,
    actorKind: 'maintenance',
    subjectSid: 'x',
    mails: true,
    createdAt: Date.now(),
  })
  const { sid } = await record(tenantSid)
  await run('* * * * *')
  expect(named('job_failed')).toEqual([])
  const rows = await db.select().from(outbox).where(eq(outbox.eventSid, sid))
  expect(rows.map(isTried)).toEqual([true])
  await forgetWebhooks()
})

it('an event in the outbox that is no JSON holds up no other', async () => {
  const { tenantSid, connectionSid } = await createWorld()
  await addWebhookEndpoint(tenantSid, { types: ['login.succeeded'] })
  const sids = [createSid('AT'), createSid('AT')]
  for (const sid of sids)
    await offerEvent(db, {
      sid,
      type: 'login.succeeded',
      tenantSid,
      connectionSid,
      subjectSid: connectionSid,
      actor: { kind: 'maintenance', id: null },
      data: {},
      createdAt: Date.now(),
    })
  await db
    .update(outbox)
    .set({ event: sql`'{'` })
    .where(eq(outbox.eventSid, sids[0]!))
  await run('* * * * *')
  expect(named('job_failed')).toEqual([])
  const rows = await db
    .select({ attempts: outbox.attempts, code: outbox.lastError })
    .from(outbox)
    .where(inArray(outbox.eventSid, sids))
    .orderBy(asc(outbox.lastError))
  expect(rows.map(({ attempts }) => attempts)).toEqual([1, 1])
  expect(rows.map(({ code }) => code)).toContain('unexpected')
  await forgetWebhooks()
})

describe('each job', () => {
  it('goes from row to row: one that fails is named, and the database being away ends the run', async () => {
    const done: string[] = []
    const [bad, ok] = [createSid('TN'), createSid('TN')]
    const work = async (sid: string) => {
      if (sid === bad) throw new SyntaxError('secret value')
      done.push(sid)
    }
    await eachRow('pass_turns', [bad, ok], { named: (sid) => sid }, work)
    expect(done).toEqual([ok])
    expect(named('row_failed')).toMatchObject([
      { job: 'pass_turns', subject: bad, code: 'internal' },
    ])
    expect(JSON.stringify(lines)).not.toContain('secret')
    const away = async () => {
      throw new StorageError({ code: 'connection_lost', isTransient: true })
    }
    await expect(eachRow('pass_turns', [ok], { named: (sid) => sid }, away)).rejects.toThrow()
  })

  it('pass_turns and enforce_due_rollouts: a rollout that cannot be read stops no other', async () => {
    const [broken, fine] = [
      await createReadyCustomer(['ann@a.example']),
      await createReadyCustomer(['ann@b.example']),
    ]
    const due: string[] = []
    for (const customer of [broken, fine]) {
      const { ask, admin, people } = customer
      await customer.prove(people)
      const sid = await customer.select({ users: people })
      const version = await customer.enabled(sid)
      await customer.finish(() => inform(ask(), sid, { version }))
      good(await approve(ask(admin), sid, { version }))
      due.push(sid)
    }
    await db
      .update(rollouts)
      .set({ cursors: sql`'{'` })
      .where(eq(rollouts.sid, due[0]!))
    await db.update(rollouts).set({ enforceAt: 1 })
    await run('*/5 * * * *')
    expect(named('job_failed')).toEqual([])
    expect(await fine.methodsOf(fine.people)).toEqual(['sso_enforced'])
    expect(named('row_failed')).toMatchObject([{ job: 'enforce_due_rollouts', subject: due[0] }])
    // An enforced list is asked for newcomers by its selectors.
    await db
      .update(rollouts)
      .set({ enforcedVersion: 1, selectors: sql`'{'`, cursors: {} })
      .where(eq(rollouts.sid, due[0]!))
    await broken.addPeople(['late@a.example'])
    await db.update(users).set({ createdAt: Date.now() + 1000 })
    const { sid } = good(await createConnection(request(), fine.tenantSid, { name: 'New' }))
    await record(broken.tenantSid)
    await run('* * * * *')
    expect(named('job_failed')).toEqual([])
    expect(named('row_failed').at(-1)).toMatchObject({
      job: 'pass_turns',
      subject: broken.tenantSid,
    })
    expect(await db.$count(turns, eq(turns.subjectSid, sid))).toBe(1)
  })

  it('send_digests: a contact that cannot be read stops no other tenant', async () => {
    const monday = Date.UTC(2026, 10, 30, 8)
    const tenantSids: string[] = []
    for (const name of ['a', 'b']) {
      const { tenantSid } = await createWorld()
      const ann = { role: 'technical', name: 'Ann', email: `ann@${name}.example`, muted: [] }
      good(await addContact({ ...request(), now: monday - 86_400_000 }, tenantSid, ann))
      tenantSids.push(tenantSid)
    }
    const [first, second] = tenantSids
    await db
      .update(contacts)
      .set({ muted: sql`'{'` })
      .where(eq(contacts.tenantSid, first!))
    vi.useFakeTimers({ toFake: ['Date'], now: monday })
    await run('*/5 * * * *')
    expect(named('job_failed')).toEqual([])
    expect(named('row_failed')).toMatchObject([{ job: 'send_digests', subject: first }])
    const digests = await db.select().from(mails).where(eq(mails.template, 'weekly_digest'))
    expect(digests.map(({ tenantSid }) => tenantSid)).toEqual([second])
  })

  it('the sweep: a table whose rows others still refer to keeps no other from being swept', async () => {
    const { tenantSid } = await createWorld()
    const expiries = [
      // Its users and connections refer to it.
      { table: tenants, isDead: () => eq(tenants.sid, tenantSid) },
      { table: outbox, isDead: () => eq(outbox.target, tenantSid) },
    ]
    const [sid, at] = [createSid('OB'), Date.now()]
    const row = { sid, eventSid: sid, channel: 'webhook' as const, target: tenantSid }
    await db.insert(outbox).values({ ...row, nextAt: at, createdAt: at })
    const budget = { statements: 40, until: Date.now() + 10_000 }
    const report = await sweep(db, expiries, Date.now(), budget)
    expect(report).toEqual({ deleted: { outbox: 1 }, left: ['tenants'] })
    expect(named('table_not_swept')).toEqual([{ event: 'table_not_swept', table: 'tenants' }])
  })
})
