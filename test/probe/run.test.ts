// The synthetic login against the real app: it goes through begin, ACS and HISTORY, tells a good
// response from a changed one, and leaves no key behind.
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { openClient } from '../../src/cli/client.ts'
import { runProbe } from '../../src/cli/probe/run-probe.ts'
import { createApiKey } from '../../src/access/operations.ts'
import { certificates, connections } from '../../src/platform/db/schema.ts'
import { attempts, dailyLogins } from '../../src/platform/db/history-schema.ts'
import { KEY_MILLISECONDS } from '../../src/probe/store.ts'
import { PROBE_CONNECTION, PROBE_TENANT } from '../../src/probe-sids.ts'
import { sweepDatabase } from '../../src/sweeps.ts'
import type { Env } from '../../src/env.ts'
import { askApp } from '../support/ask-app.ts'
import { ORIGIN } from '../support/browser.ts'
import { linesDuring } from '../support/log.ts'
import { good, request } from '../support/request.ts'
import { certificateOf } from '../support/keys.ts'
import { createWorld, db, history } from '../support/world.ts'

const app = createApp()

async function tools(environment: Env = env, tenantSid: string | null = null) {
  const { secret } = good(
    await createApiKey(request(), { name: 'monitor', tenantSid, role: 'admin', expiresInDays: 1 }),
  )
  const client = openClient({
    send: (path, init) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${secret}`)
      return askApp(app, `${ORIGIN}/api/v1${path}`, { ...init, headers }, environment)
    },
    close: async () => undefined,
  })
  const asked: string[] = []
  const ask = (url: string, init: RequestInit) => {
    asked.push(new URL(url).origin)
    return askApp(app, url, init, environment)
  }
  return { client, ask, asked }
}

const keys = () => db.select().from(certificates).where(isOfProbe)

const isOfProbe = eq(certificates.connectionSid, PROBE_CONNECTION)
beforeEach(async () => {
  await db.delete(certificates).where(isOfProbe)
  await history.delete(dailyLogins).where(eq(dailyLogins.connectionSid, PROBE_CONNECTION))
  await history.delete(attempts).where(eq(attempts.connectionSid, PROBE_CONNECTION))
})

describe('a run', () => {
  it('passes, each stage with its time, and takes its key away', async () => {
    const { client, ask, asked } = await tools()
    const report = await runProbe({ client, ask })
    expect(report.stages.map(({ stage, error }) => [stage, error])).toEqual([
      ['key trusted', null],
      ['begin', null],
      ['response', null],
      ['result', null],
      ['begin again', null],
      ['changed response', null],
      ['changed response refused', null],
      ['key removed', null],
    ])
    expect(report.passed).toBe(true)
    for (const { milliseconds } of report.stages) expect(milliseconds).toBeGreaterThanOrEqual(0)
    expect(new Set(asked)).toEqual(new Set([ORIGIN]))
    expect(await keys()).toEqual([])
    const lines = await history
      .select()
      .from(attempts)
      .where(eq(attempts.connectionSid, PROBE_CONNECTION))
      .orderBy(attempts.sid)
    expect(lines.map(({ code, isTest }) => [code, isTest])).toEqual([
      ['user_unknown', true],
      ['signature_digest', true],
    ])
    const counts = eq(dailyLogins.connectionSid, PROBE_CONNECTION)
    expect(await history.select().from(dailyLogins).where(counts)).toEqual([])
  })

  it('can be repeated, and run at the same time as another', async () => {
    const { client, ask } = await tools()
    const reports = await Promise.all([
      runProbe({ client, ask }),
      runProbe({ client, ask }),
      runProbe({ client, ask }),
    ])
    expect(reports.map(({ passed }) => passed)).toEqual([true, true, true])
    expect((await runProbe({ client, ask })).passed).toBe(true)
    expect(await keys()).toEqual([])
    const ofTenant = eq(connections.tenantSid, PROBE_TENANT)
    expect(await db.select({ sid: connections.sid }).from(connections).where(ofTenant)).toEqual([
      { sid: PROBE_CONNECTION },
    ])
  })

  it('fails where the ACS fails, says how, and takes its key away', async () => {
    const { client, ask } = await tools()
    const broken = (url: string, init: RequestInit) =>
      init.method === 'POST' ? Promise.resolve(new Response(null, { status: 503 })) : ask(url, init)
    const report = await runProbe({ client, ask: broken })
    expect(report.passed).toBe(false)
    expect(report.stages.map(({ stage, error }) => [stage, error])).toEqual([
      ['key trusted', null],
      ['begin', null],
      ['response', 'status 503 instead of a redirect'],
      ['key removed', null],
    ])
    expect(await keys()).toEqual([])
  })

  it('fails where a response is refused that should pass', async () => {
    const { client, ask } = await tools()
    // As if somebody had taken the key away in the middle.
    const meanwhile = async (url: string, init: RequestInit) => {
      if (init.method === 'POST') await db.delete(certificates).where(isOfProbe)
      return ask(url, init)
    }
    const report = await runProbe({ client, ask: meanwhile })
    expect(report.passed).toBe(false)
    const { stage, error } = report.stages.find((one) => one.error !== null)!
    expect(stage).toBe('result')
    expect(error).toMatch(/^the response was refused: \w+$/)
  })

  it('fails where HISTORY cannot be read', async () => {
    const without: Env = { ...env }
    delete without.HISTORY
    const { client, ask } = await tools(without)
    const lines = await linesDuring(async () => {
      const report = await runProbe({ client, ask })
      expect(report.passed).toBe(false)
    })
    expect(lines).toContainEqual(expect.objectContaining({ event: 'history_unavailable' }))
    expect(await keys()).toEqual([])
  })

  it('is an operator’s: the key of a tenant may not', async () => {
    const { client, ask } = await tools(env, (await createWorld()).tenantSid)
    const report = await runProbe({ client, ask })
    expect(report).toMatchObject({ passed: false, stages: [{ stage: 'key trusted' }] })
    expect(report.stages[0]!.error).toContain('(forbidden)')
    expect(await keys()).toEqual([])
  })
})

describe('a key that a killed run has left', () => {
  async function leaveKey(createdAt: number) {
    const { client } = await tools()
    const certificate = certificateOf('idp')
    const run = await client.call('POST', '/probe/keys', { json: { certificate } })
    await db
      .update(certificates)
      .set({ createdAt })
      .where(and(isOfProbe, eq(certificates.fingerprint, run.fingerprint)))
    expect(await keys()).toHaveLength(1)
  }

  it('goes with the next run', async () => {
    await leaveKey(Date.now() - KEY_MILLISECONDS)
    const { client, ask } = await tools()
    expect((await runProbe({ client, ask })).passed).toBe(true)
    expect(await keys()).toEqual([])
  })

  it('goes with the sweep, and not before', async () => {
    const now = Date.now()
    await leaveKey(now - KEY_MILLISECONDS + 1000)
    await sweepDatabase(env, now)
    expect(await keys()).toHaveLength(1)
    await sweepDatabase(env, now + 1000)
    expect(await keys()).toEqual([])
  })

  it('and keys at once are limited', async () => {
    const { client } = await tools()
    const certificate = certificateOf('idp')
    await client.call('POST', '/probe/keys', { json: { certificate } })
    const [row] = await keys()
    const more = Array.from({ length: 19 }, (_, at) => ({ ...row!, fingerprint: `${at}` }))
    for (const one of more) await db.insert(certificates).values(one)
    const other = certificateOf('idpNext')
    await expect(
      client.call('POST', '/probe/keys', { json: { certificate: other } }),
    ).rejects.toThrow('probes_at_once')
    expect(await keys()).toHaveLength(20)
  })
})
