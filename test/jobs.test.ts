// The cron jobs: which there are, and that none keeps another one from running.
import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { JOBS, runJobs } from '../src/jobs.ts'
import worker from '../src/worker.ts'
import wrangler from '../wrangler.toml?raw'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('JOBS', () => {
  it('has the crons of wrangler.toml, and no other', () => {
    const [, list] = /^crons = \[(.*)\]$/m.exec(wrangler)!
    const crons = [...list!.matchAll(/"([^"]+)"/g)].map(([, cron]) => cron)
    expect(Object.keys(JOBS).toSorted()).toEqual(crons.toSorted())
  })

  it('names each job once', () => {
    const names = Object.values(JOBS).flatMap((jobs) => Object.keys(jobs))
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(Object.keys(JOBS))('run to their end at %s', async (cron) => {
    vi.stubGlobal('fetch', async () => new Response(null, { status: 503 }))
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const configured = { ...env, MAIL_FROM: 'notices@vendor.example' }
    await worker.scheduled(createScheduledController({ cron }), configured)
    // Jobs also log what they did for rows that other tests have left.
    const done = log.mock.calls
      .map(([line]) => JSON.parse(line))
      .filter(({ event }) => event === 'job_done')
    const ms = expect.any(Number)
    expect(done).toEqual(Object.keys(JOBS[cron]!).map((job) => ({ event: 'job_done', job, ms })))
  })
})

describe('runJobs', () => {
  it('runs every job though one fails, reports each, and fails in the end', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const ran: string[] = []
    const jobs = {
      first: async () => ran.push('first'),
      // At once, and not as a promise.
      second: () => {
        throw new Error('secret value of the database')
      },
      third: async () => ran.push('third'),
    }
    await expect(runJobs('* * * * *', env, jobs)).rejects.toThrow('failed: second')
    expect(ran).toEqual(['first', 'third'])
    expect(log.mock.calls.map(([line]) => JSON.parse(line).job)).toEqual(['first', 'third'])
    const [[line]] = errors.mock.calls as [[string]]
    expect(JSON.parse(line)).toMatchObject({ event: 'job_failed', job: 'second' })
    expect(line).not.toContain('secret')
  })

  it('says in the log that no job runs at an unknown cron', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const run = worker.scheduled(createScheduledController({ cron: '0 0 * * *' }), env)
    await expect(run).rejects.toThrow('no job runs at 0 0 * * *')
    expect(errors.mock.calls).toEqual([['{"event":"cron_unknown","cron":"0 0 * * *"}']])
  })
})
