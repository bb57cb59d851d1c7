// The health of the deployment: what each check finds, and who gets to know it.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readConfig, type Env } from '../../src/env.ts'
import { CHECK_NAMES, judgeMigrations, judgeSize } from '../../src/health/checks.ts'
import { checkHealth, type Health } from '../../src/health/check-health.ts'
import { isOverdue, secondsBetween } from '../../src/health/schedule.ts'
import { knowJobs, noteRun } from '../../src/health/store.ts'
import { JOBS, runJobs } from '../../src/jobs.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { openHistory } from '../../src/platform/db/history.ts'
import { openKeyValueStore } from '../../src/platform/kv/kv.ts'
import { jobRuns, signingKeys } from '../../src/platform/db/schema.ts'
import { readKeySet } from '../../src/oidc/signing-keys/signing-keys.ts'
import { callerWithKey } from '../api/caller.ts'
import { openOperator } from '../console/operator/admins.ts'
import { db } from '../support/world.ts'
import { wrapD1 } from '../support/wrap-d1.ts'

const NOW = Date.now()
const MINUTE = 60_000
const HOUR = 60 * MINUTE

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
  await db.delete(jobRuns)
  await knowJobs(db, [{ job: 'keep_signing_keys', everySeconds: 3600 }], NOW)
  await noteRun(db, 'keep_signing_keys', { isDone: true, endedAt: NOW, milliseconds: 7 })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const check = (settings: Partial<Env> = {}, now = NOW): Promise<Health> => {
  const environment = { ...env, ...settings } as Env
  return checkHealth(
    {
      db: openDatabase(environment.DB),
      history: openHistory(environment.HISTORY),
      kv: openKeyValueStore(environment.RELAY),
      config: readConfig(environment),
    },
    now,
  )
}
const failuresOf = ({ checks, isReady }: Health) => {
  const failures = checks.filter(({ state }) => state === 'failed')
  expect(isReady).toBe(failures.length === 0)
  return Object.fromEntries(failures.map(({ name, found }) => [name, found]))
}

describe('a check', () => {
  it('passes for a deployment that works', async () => {
    const health = await check()
    expect(health.checks.map(({ name, state }) => [name, state])).toEqual(
      CHECK_NAMES.map((name) => [name, 'ok']),
    )
    expect(health.isReady).toBe(true)
    expect(health.jobs).toMatchObject([
      { job: 'keep_signing_keys', succeededAt: NOW, milliseconds: 7 },
    ])
  })

  it('fails where D1 refuses every statement, and says that the rest is unknown', async () => {
    const DB = wrapD1(env.DB, () => Promise.reject(new Error('D1_ERROR: secret value')))
    const health = await check({ DB })
    expect(failuresOf(health)).toEqual({ database: 'Does not answer' })
    expect(health.checks.find(({ name }) => name === 'jobs')!.state).toBe('skipped')
    expect(JSON.stringify(health)).not.toContain('secret')
  })

  it('fails where D1 never answers, within seconds', async () => {
    vi.useFakeTimers()
    try {
      const DB = wrapD1(env.DB, () => new Promise(() => {}))
      const health = check({ DB })
      await vi.advanceTimersByTimeAsync(10_000)
      expect(failuresOf(await health)).toEqual({ database: 'Does not answer' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('tells a database without our tables from one that is down', async () => {
    const DB = wrapD1(env.DB, (trip, asked) =>
      asked.some(({ query }) => query.includes('job_runs'))
        ? Promise.reject(new Error('D1_ERROR: no such table: job_runs: SQLITE_ERROR'))
        : trip().then((results) => results.map((one) => ({ ...one, results: [] }))),
    )
    const found = failuresOf(await check({ DB }))
    expect(found).toEqual({ migrations: expect.stringMatching(/is missing; the last one is none/) })
  })

  it('accepts migrations of newer code, and none that lacks ours', () => {
    expect(judgeMigrations(['0000_a.sql', '0001_b.sql'], '0000_a.sql').state).toBe('ok')
    expect(judgeMigrations(['0000_a.sql'], '0001_b.sql')).toEqual({
      state: 'failed',
      found: '0001_b.sql is missing; the last one is 0000_a.sql',
    })
  })

  it('fails where KV does not answer', async () => {
    const RELAY = { get: () => Promise.reject(new Error('KV GET failed: 500')) }
    expect(failuresOf(await check({ RELAY: RELAY as never }))).toEqual({
      key_value: 'Does not answer',
    })
  })

  it('fails where keys do not open, by the name of the setting', async () => {
    await readKeySet(db, readConfig(env).keySecrets, NOW)
    const KEY_ENCRYPTION_KEY = btoa('another key-encryption key: 32b.')
    const { keys } = failuresOf(await check({ KEY_ENCRYPTION_KEY }))
    expect(keys).toMatch(/^KEY_ENCRYPTION_KEY does not open signing key/)
    await db.delete(signingKeys)
    const { keys: none } = failuresOf(await check({ SP_PRIVATE_KEY: '', SP_CERTIFICATE: '' }))
    expect(none).toMatch(/^there is no key pair yet/)
  })

  it('fails where the login secret is missing', async () => {
    const { settings } = failuresOf(await check({ LOGIN_SECRET: '' }))
    expect(settings).toBe('LOGIN_SECRET is not set')
  })

  it('fails from four fifths of the size that D1 allows', async () => {
    expect(judgeSize(7.99e9, 10)).toEqual({ state: 'ok', found: '7.99 of 10 GB' })
    expect(judgeSize(8e9, 10)).toEqual({ state: 'failed', found: '8.00 of 10 GB' })
    const DB = wrapD1(env.DB, async (trip) =>
      (await trip()).map((one) => ({ ...one, meta: { ...one.meta, size_after: 4.5e8 } })),
    )
    expect(failuresOf(await check({ DB }))).toEqual({})
    expect(failuresOf(await check({ DB, DATABASE_GB: '0.5' }))).toEqual({
      size: '0.45 of 0.5 GB',
    })
  })
})

describe('jobs', () => {
  it('are overdue after two periods and a half', async () => {
    expect(failuresOf(await check({}, NOW + 2.5 * HOUR + MINUTE))).toEqual({})
    expect(failuresOf(await check({}, NOW + 2.5 * HOUR + MINUTE + 1))).toEqual({
      jobs: 'Overdue: keep_signing_keys',
    })
  })

  it('that never succeeded count from when they were first known', () => {
    const run = { everySeconds: 60, knownAt: NOW, succeededAt: null }
    expect(isOverdue(run, NOW + 3.5 * MINUTE)).toBe(false)
    expect(isOverdue(run, NOW + 3.5 * MINUTE + 1)).toBe(true)
  })

  it('must have run at all, except on a developer’s machine', async () => {
    await db.delete(jobRuns)
    expect(Object.keys(failuresOf(await check()))).toEqual(['jobs'])
    const local = await check({ ORIGIN: 'http://localhost:8787' })
    expect(failuresOf(local)).toEqual({})
    expect(local.checks.find(({ name }) => name === 'jobs')!.state).toBe('skipped')
  })

  it('leave a trace of each run; others that are new appear, and old ones go', async () => {
    const at = Date.now()
    const jobs = {
      send_logout_tokens: async () => {},
      // Not in JOBS: nobody waits for it.
      other: async () => {},
    }
    await runJobs('* * * * *', env, jobs)
    const failing = { send_logout_tokens: () => Promise.reject(new Error('no')) }
    await expect(runJobs('* * * * *', env, failing)).rejects.toThrow('send_logout_tokens')
    const rows = await db.select().from(jobRuns)
    const names = Object.values(JOBS).flatMap((one) => Object.keys(one))
    expect(rows.map(({ job }) => job).toSorted()).toEqual(names.toSorted())
    const { succeededAt, failedAt, everySeconds } = rows.find(
      ({ job }) => job === 'send_logout_tokens',
    )!
    expect(everySeconds).toBe(60)
    expect(succeededAt).toBeGreaterThanOrEqual(at)
    expect(failedAt).toBeGreaterThanOrEqual(succeededAt!)
    // Another hourly one has run before, and its trace has stayed.
    expect(rows.find(({ job }) => job === 'keep_signing_keys')!.succeededAt).toBe(NOW)
  })

  it('say what they leave undone, and no longer once it is done', async () => {
    const run = async (backlog: Record<string, number>) => {
      await runJobs('7-59/10 * * * *', env, { sweep: async () => ({ backlog }) })
      // The others have not run: their time has not come yet.
      return failuresOf(await check({}, Date.now()))
    }
    expect(await run({ spent: 12, sessions: 0 })).toEqual({
      backlog: 'Rows that should be gone: spent 12',
    })
    expect(await run({})).toEqual({})
  })

  it('run also where their trace cannot be written', async () => {
    const ran: string[] = []
    const log = vi.spyOn(console, 'error')
    const DB = wrapD1(env.DB, () => Promise.reject(new Error('D1_ERROR: secret value')))
    const jobs = { one: async () => ran.push('one') }
    await runJobs('* * * * *', { ...env, DB }, jobs)
    expect(ran).toEqual(['one'])
    const lines = log.mock.calls.map(([line]) => line as string)
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['job_not_noted', 'job_not_noted'])
    expect(lines.join()).not.toContain('secret')
  })

  it('have a period for each cron', () => {
    expect(Object.keys(JOBS).map(secondsBetween)).toEqual(
      expect.arrayContaining([60, 300, 600, 3600]),
    )
    expect(() => secondsBetween('0 0 1 * *')).toThrow(TypeError)
  })
})

describe('the detail', () => {
  it('is for operators, by the API', async () => {
    const operator = await callerWithKey(null)
    const answer = await operator('GET', '/health')
    expect(answer.status).toBe(200)
    const { ready, checks, jobs } = answer.body
    expect([ready, jobs.length]).toEqual([true, 1])
    expect(checks[0]).toEqual({ name: 'settings', state: 'ok', found: 'Complete', remedy: null })
  })

  it('has a remedy where a check has failed', async () => {
    await db.delete(jobRuns)
    const answer = await (await callerWithKey(null))('GET', '/health')
    expect(answer.body.ready).toBe(false)
    const jobs = answer.body.checks.find(({ name }: { name: string }) => name === 'jobs')
    expect(jobs).toMatchObject({ state: 'failed', remedy: expect.stringContaining('cron') })
  })

  it('is a page of the console', async () => {
    const browser = await openOperator()
    const page = await (await browser.get('/console/health')).text()
    expect(page).toContain('All checks passed')
    expect(page).toContain('keep_signing_keys')
    await db.delete(jobRuns)
    const after = await (await browser.get('/console/health')).text()
    expect(after).toContain('A check has failed')
    expect(after).toContain('No job has run yet.')
  })
})
