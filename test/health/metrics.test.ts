// GET /api/v1/metrics: what it counts is what is in the tables, today beside last week, as JSON and
// in Prometheus's format.
import { env } from 'cloudflare:workers'
import { eq, inArray } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createApiKey } from '../../src/access/operations.ts'
import { DAY, HOUR, MINUTE } from '../../src/durations.ts'
import { renderText } from '../../src/health/metrics/render-text.ts'
import { getMetrics, type Metrics } from '../../src/health/metrics/operations.ts'
import { knowJobs, noteRun } from '../../src/health/store.ts'
import { readConfig } from '../../src/env.ts'
import { countHour, findHourlyLogins } from '../../src/login/history/store/hourly-logins.ts'
import { dailyLogins, hourlyLogins } from '../../src/platform/db/history-schema.ts'
import { certificates, connections, jobRuns } from '../../src/platform/db/schema.ts'
import { sweepHistoryOf } from '../../src/sweeps.ts'
import { callerWithKey } from '../api/caller.ts'
import { askApp } from '../support/ask-app.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, history } from '../support/world.ts'

/** A Wednesday, 14:20. */
const NOW = Date.UTC(2031, 4, 7, 14, 20)
const TODAY = Date.UTC(2031, 4, 7)
const FAR = TODAY - 30 * DAY

beforeEach(async () => {
  await history.delete(dailyLogins)
  await history.delete(hourlyLogins)
})

const day = (at: number, connectionSid: string, code: string, logins: number) =>
  history.insert(dailyLogins).values({ day: at, connectionSid, code, logins })
const hour = (at: number, code: string, logins: number) =>
  history.insert(hourlyLogins).values({ hour: at, code, logins })
const measure = async (now = NOW): Promise<Metrics> =>
  good(await getMetrics({ ...request(), now }, { config: readConfig(env), kv: null }))

describe('logins', () => {
  it('are compared with the same hours, days, codes and connections a week before', async () => {
    await hour(TODAY + 14 * HOUR, '', 5)
    await hour(TODAY + 14 * HOUR, 'issuer', 2)
    await hour(TODAY + 13 * HOUR, '', 7)
    await hour(TODAY - 7 * DAY + 14 * HOUR, '', 11)
    // Later last week: not yet today.
    await hour(TODAY - 7 * DAY + 15 * HOUR, '', 100)
    await hour(TODAY - DAY, 'issuer', 3)
    await day(TODAY, 'CN-a', '', 12)
    await day(TODAY, 'CN-a', 'issuer', 1)
    await day(TODAY, 'CN-b', 'issuer', 4)
    await day(TODAY - 7 * DAY, 'CN-a', '', 111)
    await day(TODAY - 7 * DAY, 'CN-c', 'audience', 9)
    const { logins } = await measure()
    expect(logins!.today).toEqual({
      at: TODAY,
      accepted: 12,
      refused: 2,
      lastWeek: { accepted: 11, refused: 0 },
    })
    expect(logins!.hours).toHaveLength(24)
    expect(logins!.hours.slice(-2)).toEqual([
      { at: TODAY + 13 * HOUR, accepted: 7, refused: 0, lastWeek: { accepted: 0, refused: 0 } },
      { at: TODAY + 14 * HOUR, accepted: 5, refused: 2, lastWeek: { accepted: 11, refused: 0 } },
    ])
    expect(logins!.days.map(({ at }) => at)).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map((n) => TODAY - n * DAY),
    )
    expect(logins!.days.at(-2)).toMatchObject({ accepted: 0, refused: 3 })
    expect(logins!.days.at(-1)!.lastWeek).toEqual({ accepted: 111, refused: 0 })
    expect(logins!.codes).toEqual([
      { code: '', today: 12, lastWeek: 111 },
      { code: 'issuer', today: 5, lastWeek: 0 },
      { code: 'audience', today: 0, lastWeek: 9 },
    ])
    expect(logins!.connections).toEqual([
      { connectionSid: 'CN-b', accepted: 0, refused: 4, lastWeek: { accepted: 0, refused: 0 } },
      { connectionSid: 'CN-a', accepted: 12, refused: 1, lastWeek: { accepted: 111, refused: 0 } },
    ])
  })

  it('of an hour are those of its day, less its earlier hours, however often it is counted', async () => {
    const at = (hours: number, minutes: number) => TODAY + hours * HOUR + minutes * MINUTE
    const counted = () => findHourlyLogins(history, TODAY, TODAY + DAY)
    await day(TODAY, 'CN-a', '', 3)
    await day(TODAY, 'CN-b', '', 4)
    await countHour(history, at(9, 5))
    await countHour(history, at(9, 10))
    expect(await counted()).toEqual([{ hour: at(9, 0), code: '', logins: 7 }])
    await history
      .update(dailyLogins)
      .set({ logins: 10 })
      .where(eq(dailyLogins.connectionSid, 'CN-a'))
    // The run at the turn of the hour counts what came before it.
    await countHour(history, at(10, 1))
    expect(await counted()).toEqual([{ hour: at(9, 0), code: '', logins: 14 }])
    await day(TODAY, 'CN-a', 'issuer', 2)
    await countHour(history, at(10, 5))
    await countHour(history, at(10, 5))
    expect(await counted()).toEqual([
      { hour: at(9, 0), code: '', logins: 14 },
      { hour: at(10, 0), code: 'issuer', logins: 2 },
    ])
    // After midnight, the last hour of the day before.
    await countHour(history, at(24, 1))
    expect(await findHourlyLogins(history, at(24, 0), at(48, 0))).toEqual([])
  })

  it('by hour go after 15 days', async () => {
    const now = Date.now()
    await hour(now - 16 * DAY, '', 1)
    await hour(now - 14 * DAY, '', 2)
    await sweepHistoryOf(env, now)
    expect((await history.select().from(hourlyLogins)).map(({ logins }) => logins)).toEqual([2])
  })

  it('are null without HISTORY, and the rest is there', async () => {
    const without = { ...request(), history: null, now: NOW }
    const found = good(await getMetrics(without, { config: readConfig(env), kv: null }))
    expect(found).toMatchObject({ logins: null, ready: false, databases: [{ name: 'DB' }] })
    expect(found.failedChecks).toContain('history')
    expect(renderText(found)).toContain('gatepost_check_failed{check="history"} 1\n')
  })
})

describe('what waits, fills or expires', () => {
  it('jobs: an overdue one is told', async () => {
    await db.delete(jobRuns)
    const jobs = [
      { job: 'sweep', everySeconds: 600 },
      { job: 'count_hour', everySeconds: 300 },
    ]
    await knowJobs(db, jobs, NOW - DAY)
    await noteRun(db, 'count_hour', { isDone: true, endedAt: NOW - MINUTE, milliseconds: 7 })
    await noteRun(db, 'sweep', {
      isDone: true,
      endedAt: NOW - HOUR,
      milliseconds: 9,
      backlog: { sessions: 4 },
    })
    const found = await measure()
    expect(found.jobs).toMatchObject([
      { job: 'count_hour', overdue: false, succeededAt: NOW - MINUTE },
      { job: 'sweep', overdue: true },
    ])
    expect(found).toMatchObject({ backlog: { sessions: 4 }, ready: false })
    expect(found.failedChecks).toEqual(expect.arrayContaining(['jobs', 'backlog']))
    expect(renderText(found)).toContain('gatepost_job_overdue{job="sweep"} 1\n')
    expect(renderText(found)).toContain('gatepost_backlog_rows{table="sessions"} 4\n')
    await db.delete(jobRuns)
  })

  it('certificates by the time that is left, those of suspended connections left out', async () => {
    const before = (await measure(FAR)).certificates
    const worlds = [await createWorld(), await createWorld(), await createWorld()]
    const sids = worlds.map(({ connectionSid }) => connectionSid)
    const isTheirs = inArray(certificates.connectionSid, sids)
    await db
      .update(certificates)
      .set({ notAfter: FAR + 3 * DAY })
      .where(isTheirs)
    await db
      .update(certificates)
      .set({ notAfter: FAR - 1 })
      .where(eq(certificates.connectionSid, sids[1]!))
    await db.update(connections).set({ state: 'suspended' }).where(eq(connections.sid, sids[2]!))
    const { certificates: found } = await measure(FAR)
    expect(found).toEqual({
      ...before,
      expired: before.expired + 1,
      within7Days: before.within7Days + 1,
    })
    await db.delete(certificates).where(isTheirs)
  })
})

describe('the route', () => {
  const ask = async (accept: string | null, tenantSid: string | null = null) => {
    const made = await createApiKey(request(), {
      name: 'p',
      tenantSid,
      role: 'admin',
      expiresInDays: 1,
    })
    const headers = {
      authorization: `Bearer ${good(made).secret}`,
      ...(accept && { accept }),
    }
    return askApp(createApp(), `${ORIGIN}/api/v1/metrics`, { headers })
  }

  it('answers JSON that its schema describes', async () => {
    const operator = await callerWithKey(null)
    const { status, body } = await operator('GET', '/metrics')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      databases: [{ name: 'DB' }, { name: 'HISTORY' }],
      outbox: { dead: expect.any(Number) },
    })
  })

  it('answers text where Prometheus asks, and JSON otherwise', async () => {
    const scrape =
      'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1'
    const answer = await ask(scrape)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.headers.get('vary')).toBe('accept')
    const text = await answer.text()
    // The grammar of the format, line by line.
    const label = String.raw`[a-z_]+="[A-Za-z0-9_]*"`
    const sample = String.raw`gatepost_[a-z_]+(?:\{${label}(?:,${label})*\})? -?[0-9.e+]+`
    const line = new RegExp(
      `^(?:# HELP gatepost_[a-z_]+ .+|# TYPE gatepost_[a-z_]+ gauge|${sample})$`,
    )
    expect(text.endsWith('\n')).toBe(true)
    for (const one of text.trimEnd().split('\n')) expect(one).toMatch(line)
    expect(text).toMatch(/^gatepost_database_bytes\{database="DB"\} \d+$/m)
    for (const accept of [null, '*/*', 'application/json'])
      expect((await ask(accept)).headers.get('content-type')).toBe('application/json')
  })

  it('is for operators', async () => {
    const { tenantSid } = await createWorld()
    expect((await ask('text/plain', tenantSid)).status).toBe(403)
    expect((await askApp(createApp(), `${ORIGIN}/api/v1/metrics`)).status).toBe(401)
  })
})
