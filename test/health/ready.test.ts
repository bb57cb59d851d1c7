// /ready: yes or no for strangers, at most ten seconds old, and at the cost of one check.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Env } from '../../src/env.ts'
import { isReady } from '../../src/health/ready.ts'
import { knowJobs, noteRun } from '../../src/health/store.ts'
import { jobRuns } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { countD1, wrapD1 } from '../support/wrap-d1.ts'

const NOW = Date.now()
const { default: cache } = caches as unknown as { default: Cache }
const app = createApp()
const ask = (environment: Env, path = '/ready') =>
  app.request(`${env.ORIGIN}${path}`, {}, environment)

const forget = () => cache.delete(`${env.ORIGIN}/ready/answer`)

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  await forget()
  await db.delete(jobRuns)
  await knowJobs(db, [{ job: 'keep_signing_keys', everySeconds: 3600 }], NOW)
  await noteRun(db, 'keep_signing_keys', { isDone: true, endedAt: NOW, milliseconds: 7 })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await forget()
})

it('says that all is well', async () => {
  const answer = await ask({ ...env })
  expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ready"}'])
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

it.each<[string, () => Partial<Env>]>([
  ['D1', () => ({ DB: wrapD1(env.DB, () => Promise.reject(new Error('D1_ERROR: no'))) })],
  ['KV', () => ({ RELAY: { get: () => Promise.reject(new Error('no')) } as never })],
  ['a secret', () => ({ LOGIN_SECRET: '' })],
  ['a setting', () => ({ ORIGIN: 'none' })],
])('says no more than that, where %s is missing', async (_, settings) => {
  const answer = await ask({ ...env, ...settings() })
  expect([answer.status, await answer.text()]).toEqual([503, '{"status":"not ready"}'])
  expect(answer.headers.get('retry-after')).toBe('10')
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

it('the log says which check has failed', async () => {
  const log = vi.spyOn(console, 'log')
  await ask({ ...env, RELAY: { get: () => Promise.reject(new Error('no')) } as never })
  const lines = log.mock.calls.map(([line]) => JSON.parse(line as string))
  expect(lines).toContainEqual({ event: 'not_ready', failed: ['key_value'] })
})

it('costs one check in ten seconds, however often and however fast it is asked', async () => {
  const counted = countD1(env.DB)
  const environment = { ...env, DB: counted.binding }
  await Promise.all(Array.from({ length: 50 }, () => isReady(environment, NOW)))
  for (let at = 0; at < 10_000; at += 100) await isReady(environment, NOW + at)
  expect(counted.cost.trips).toBe(1)
  await forget()
  await isReady(environment, NOW + 10_000)
  expect(counted.cost.trips).toBe(2)
})

it('another isolate takes the answer over, and keeps it no longer than the first', async () => {
  expect(await isReady({ ...env }, NOW)).toBe(true)
  const counted = countD1(env.DB)
  const second = { ...env, DB: counted.binding }
  expect(await isReady(second, NOW + 9000)).toBe(true)
  expect(counted.cost.trips).toBe(0)
  await db.delete(jobRuns)
  await forget()
  expect(await isReady(second, NOW + 10_000)).toBe(false)
  expect(counted.cost.trips).toBe(1)
})

it('an answer that a cache kept too long does not count', async () => {
  const late = Response.json({ isReady: true, checkedAt: NOW - 10_000 })
  late.headers.set('cache-control', 'max-age=60')
  await cache.put(`${env.ORIGIN}/ready/answer`, late)
  await db.delete(jobRuns)
  expect(await isReady({ ...env }, NOW)).toBe(false)
})

it('has no other path', async () => {
  await ask({ ...env })
  expect((await ask(env, '/ready/answer')).status).toBe(404)
})
