// The outbox: nothing is lost, nothing is sent twice without need, nobody waits for another.
import { env } from 'cloudflare:workers'
import { eq, inArray, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { MOST_ATTEMPTS } from '../../src/events/outbox/backoff.ts'
import type { ChannelResult, Channels } from '../../src/events/outbox/channel.ts'
import { deliverOutbox } from '../../src/events/outbox/deliver.ts'
import { leaseDue, outboxExpiry, updateLeased } from '../../src/events/outbox/store.ts'
import { outbox } from '../../src/events/tables.ts'
import { openWebhooks } from '../../src/events/webhooks/send.ts'
import { createSid } from '../../src/ids.ts'
import { sweep } from '../../src/platform/db/sweep.ts'
import { recordEvent } from '../../src/events/store.ts'
import { OPERATOR, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'

const DAY = 24 * 3600_000
/** Long after the rows of other tests, which share the database. */
const NOW = Date.now() + 3650 * DAY
let world: World
beforeEach(async () => {
  world = await createWorld()
})

/** An event in the outbox of each of these targets, as the trigger writes it. */
async function queue(targets: readonly string[], at = NOW) {
  const { tenantSid } = world
  const subjectSid = createSid('CN')
  const sid = createSid('EV')
  await recordEvent(db, {
    actor: OPERATOR,
    now: at,
    tenantSid,
    type: 'connection.updated',
    subjectSid,
    after: { name: 'x' },
  })
  const event = { sid, type: 'connection.updated', data: {} }
  await db.insert(outbox).values(
    targets.map((target) => ({
      sid: createSid('OB'),
      eventSid: sid,
      channel: 'webhook' as const,
      target,
      event,
      nextAt: at,
      createdAt: at,
    })),
  )
  return sid
}

/** Takes deliveries to these targets, and hands others to the channel that they are for. */
function channelsTo(targets: readonly string[], answer: (target: string) => ChannelResult) {
  const sent: [target: string, event: string][] = []
  const channels: Channels = {
    webhook: (run) => {
      const others = openWebhooks(run)
      return async (event, target, now) => {
        if (!targets.includes(target)) return others(event, target, now)
        sent.push([target, event.sid])
        return answer(target)
      }
    },
  }
  return { sent, channels }
}

const taken = (): ChannelResult => ({ delivered: true })
const run = (channels: Channels, now = NOW) =>
  deliverOutbox({ env, db, network: request().network, now }, channels)
const rowsOf = (targets: string[]) =>
  db.select().from(outbox).where(inArray(outbox.target, targets))
const target = () => createSid('WH') as string

it('delivers what a killed Worker has left, once', async () => {
  const to = target()
  // The Worker ends here: nothing runs after its response.
  const sid = await queue([to])
  const { sent, channels } = channelsTo([to], taken)
  await run(channels)
  await run(channels, NOW + DAY)
  expect(sent).toEqual([[to, sid]])
  expect(await rowsOf([to])).toMatchObject([
    { outcome: 'delivered', attempts: 1, expiresAt: expect.any(Number) },
  ])
})

it('sends again what was leased by a Worker that was killed, after the lease', async () => {
  const to = target()
  const sid = await queue([to])
  const lease = { channels: ['webhook' as const], except: [], most: 1000 }
  const leased = await leaseDue(db, { ...lease, now: NOW, until: NOW + 60_000 })
  expect(leased.filter((row) => row.target === to)).toHaveLength(1)
  const { sent, channels } = channelsTo([to], taken)
  await run(channels, NOW + 30_000)
  expect(sent).toEqual([])
  await run(channels, NOW + 61_000)
  expect(sent).toEqual([[to, sid]])
  expect(await rowsOf([to])).toMatchObject([{ outcome: 'delivered', attempts: 2 }])
})

describe('a result that comes late', () => {
  const lease = async (to: string, now: number) => {
    const of = { channels: ['webhook' as const], except: [], most: 1000 }
    const leased = await leaseDue(db, { ...of, now, until: now + 60_000 })
    return leased.find((row) => row.target === to)!
  }
  const late = { outcome: 'delivered', lastError: null, expiresAt: 1 } as const

  it('says nothing of the lease that another sender has', async () => {
    const to = target()
    await queue([to])
    const first = await lease(to, NOW)
    await lease(to, NOW + 61_000)
    await updateLeased(db, first, late)
    expect(await rowsOf([to])).toMatchObject([{ outcome: null, attempts: 2, expiresAt: null }])
  })

  it('does not undo what a person has ended meanwhile', async () => {
    const to = target()
    await queue([to])
    const first = await lease(to, NOW)
    await db.update(outbox).set({ outcome: 'dead' }).where(eq(outbox.target, to))
    await updateLeased(db, first, late)
    expect(await rowsOf([to])).toMatchObject([{ outcome: 'dead' }])
  })
})

it('one that fails, or that somebody has broken by hand, is no fault of the others', async () => {
  const [broken, failing, fine] = [target(), target(), target()]
  for (let event = 0; event < 2; event++) await queue([broken, failing, fine])
  const [first] = await rowsOf([broken])
  await db
    .update(outbox)
    .set({ event: sql`'{'` as never })
    .where(eq(outbox.sid, first!.sid))
  const { sent, channels } = channelsTo([broken, failing, fine], (to) => {
    if (to === failing) throw new Error('unplugged')
    return { delivered: true }
  })
  await run(channels)
  expect(sent.filter(([to]) => to === fine)).toHaveLength(2)
  expect(sent.filter(([to]) => to === broken)).toHaveLength(1)
  const { outcome, lastError, target: place } = outbox
  const outcomes = async (to: string) =>
    (await db.select({ outcome, lastError }).from(outbox).where(eq(place, to))).map(
      (row) => row.outcome ?? row.lastError,
    )
  expect(await outcomes(fine)).toEqual(['delivered', 'delivered'])
  expect((await outcomes(broken)).toSorted()).toEqual(['delivered', 'unexpected'])
  expect(await outcomes(failing)).toEqual(['unexpected', 'unexpected'])
})

it('gives up a delivery whose event was deleted', async () => {
  const to = target()
  const of = { eventSid: createSid('EV'), channel: 'webhook' as const, target: to }
  await db.insert(outbox).values({ ...of, sid: createSid('OB'), nextAt: NOW, createdAt: NOW })
  const { sent, channels } = channelsTo([to], taken)
  await run(channels)
  expect(sent).toEqual([])
  expect(await rowsOf([to])).toMatchObject([{ outcome: 'dead', lastError: 'event_deleted' }])
})

it('serves five targets at once: a Worker has six connections', async () => {
  const to = Array.from({ length: 8 }, target)
  await queue(to)
  let [now, most] = [0, 0]
  const channels: Channels = {
    webhook: () => async () => {
      most = Math.max(most, ++now)
      await new Promise((done) => void setTimeout(done, 5))
      now--
      return { delivered: true }
    },
  }
  await run(channels)
  expect(most).toBe(5)
  expect((await rowsOf(to)).every(({ outcome }) => outcome === 'delivered')).toBe(true)
})

it('lets a target that does not answer delay the others by a second at most', async () => {
  const [silent, busy] = [target(), target()]
  await queue([silent])
  for (let event = 0; event < 25; event++) await queue([busy])
  const { promise: others, resolve } = Promise.withResolvers<void>()
  let sent = 0
  const order: string[] = []
  const channels: Channels = {
    webhook: () => async (_event, to) => {
      if (to === busy && ++sent === 25) resolve()
      // Answers once the others are done, or gives up as a fetch does.
      if (to === silent)
        await Promise.race([others, new Promise((done) => void setTimeout(done, 4000))])
      if (to === silent) order.push(`after ${sent}`)
      return { delivered: true }
    },
  }
  await run(channels)
  expect(order).toEqual(['after 25'])
})

it('sends each row once where two run at the same time', async () => {
  const to = [target(), target(), target()]
  for (let event = 0; event < 12; event++) await queue(to)
  const { sent, channels } = channelsTo(to, taken)
  await Promise.all([run(channels), run(channels), run(channels)])
  await run(channels)
  expect(sent).toHaveLength(36)
  expect(new Set(sent.map(String)).size).toBe(36)
})

it('tries for three days, then gives up', async () => {
  const to = target()
  await queue([to])
  const { sent, channels } = channelsTo([to], () => ({ delivered: false, code: 'refused' }))
  let now = NOW
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const [before] = await rowsOf([to])
    expect(before).toMatchObject({ outcome: null, attempts: attempt - 1 })
    now = before!.nextAt
    await run(channels, now)
  }
  expect(now - NOW).toBeGreaterThan(3 * DAY)
  expect(sent).toHaveLength(MOST_ATTEMPTS)
  const [row] = await rowsOf([to])
  expect(row).toMatchObject({ outcome: 'dead', lastError: 'refused' })
  await run(channels, now + 10 * DAY)
  expect(sent).toHaveLength(MOST_ATTEMPTS)
  const budget = () => ({ statements: 40, until: Date.now() + 10_000 })
  await sweep(db, [outboxExpiry], row!.expiresAt! - 1, budget())
  expect(await rowsOf([to])).toHaveLength(1)
  await sweep(db, [outboxExpiry], row!.expiresAt! + 1, budget())
  expect(await rowsOf([to])).toEqual([])
})

it('serves targets by turns: one with many rows holds up no other', async () => {
  const [busy, quiet] = [target(), target()]
  for (let event = 0; event < 8; event++) await queue([busy])
  await queue([quiet], NOW + 1)
  const others = await db.selectDistinct({ target: outbox.target }).from(outbox)
  const except = others.map((one) => one.target).filter((one) => one !== busy && one !== quiet)
  const lease = { channels: ['webhook' as const], except, now: NOW + 2, until: NOW + 60_000 }
  const leased = await leaseDue(db, { ...lease, most: 2 })
  expect(leased.map((row) => row.target).toSorted()).toEqual([busy, quiet].toSorted())
})

it('leaves rows of a channel that nobody has plugged in', async () => {
  const to = target()
  const sid = await queue([to])
  await db.update(outbox).set({ channel: 'mail' }).where(eq(outbox.target, to))
  await run({ webhook: openWebhooks })
  expect(await rowsOf([to])).toMatchObject([{ eventSid: sid, outcome: null, attempts: 0 }])
})
