// A login writes one line and one data point: its connection, its reference, how long its stages
// took, and nothing about the person.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Env } from '../../src/env.ts'
import type { DataPoint } from '../../src/platform/log/data-point.ts'
import { openBrowser } from '../support/browser.ts'
import { linesDuring } from '../support/log.ts'
import { as, createWorld } from '../support/world.ts'

const ANN = 'ann@tenant.example'

/** Miniflare's dataset takes what Cloudflare's takes, and keeps nothing. */
function recording() {
  const points: DataPoint[] = []
  const real = env.ANALYTICS!
  const ANALYTICS: AnalyticsEngineDataset = {
    writeDataPoint(point) {
      real.writeDataPoint(point)
      points.push(point as DataPoint)
    },
  }
  return { points, environment: { ...env, ANALYTICS } as Env }
}

describe('a login', () => {
  it('writes one line from its begin to its session', async () => {
    const world = await createWorld()
    await world.addUser(ANN)
    const lines = await linesDuring(() => world.login(ANN))
    const { attemptSid } = (await world.rows()).sessions[0]!
    expect(lines).toEqual([
      {
        event: 'login',
        connectionSid: world.connectionSid,
        reference: attemptSid,
        isTest: false,
        idpInitiated: false,
        area: 'login',
        method: 'POST',
        route: '/saml/:connection/acs',
        status: 303,
        ms: expect.any(Number),
        read: expect.any(Number),
        verify: expect.any(Number),
        write: expect.any(Number),
      },
    ])
  })

  it('says whether it began at the IdP', async () => {
    const world = await createWorld({ connection: { idpInitiated: 'accept' } })
    await world.addUser(ANN)
    const message = await world.idp(null).respond(as(ANN))
    const lines = await linesDuring(() => world.deliver(openBrowser(), message))
    expect(lines).toMatchObject([{ event: 'login', idpInitiated: true }])
  })

  it('says where Cloudflare received it', async () => {
    const world = await createWorld()
    await world.addUser(ANN)
    const app = (await import('../../src/app.ts')).createApp()
    const request = new Request(`https://sso.vendor.example/sso/CN${'0'.repeat(32)}`)
    Object.defineProperty(request, 'cf', { value: { colo: 'ZRH' } })
    const lines = await linesDuring(async () => app.request(request, undefined, env))
    expect(lines).toMatchObject([{ event: 'refused', colo: 'ZRH' }])
  })
})

describe('a data point', () => {
  it('has the connection for its index, and the same values in the same places', async () => {
    const { points, environment } = recording()
    const world = await createWorld()
    await world.addUser(ANN)
    const { connectionSid } = world
    await world.login(ANN, {}, openBrowser(environment))
    await world.login('nobody@tenant.example', {}, openBrowser(environment))
    await openBrowser(environment).get('/nothing')
    const acs = ['login', 'POST', '/saml/:connection/acs', '']
    expect(points.map(({ indexes, blobs }) => ({ indexes, blobs }))).toEqual([
      { indexes: [connectionSid], blobs: ['login', '', connectionSid, ...acs, ''] },
      { indexes: [connectionSid], blobs: ['refused', 'user_unknown', connectionSid, ...acs, ''] },
      { indexes: ['login'], blobs: ['refused', 'not_found', '', 'login', 'GET', '/*', '', ''] },
    ])
    for (const { doubles } of points) expect(doubles).toHaveLength(6)
    expect(points.map(({ doubles }) => doubles.slice(0, 2))).toEqual([
      [1, 303],
      [1, 403],
      [1, 404],
    ])
  })

  it('keeps within the limits of Analytics Engine', async () => {
    const { points, environment } = recording()
    const long = `/${'a'.repeat(4000)}`
    await openBrowser(environment).get(long)
    await openBrowser(environment).get(`/sso/CN${'0'.repeat(32)}?return_to=${long}`)
    expect(points).toHaveLength(2)
    for (const { indexes, blobs, doubles } of points) {
      // https://developers.cloudflare.com/analytics/analytics-engine/limits/
      expect(indexes).toHaveLength(1)
      expect(indexes[0].length).toBeLessThanOrEqual(96)
      expect(blobs.length).toBeLessThanOrEqual(20)
      expect(blobs.join('').length).toBeLessThan(1000)
      expect(doubles.length).toBeLessThanOrEqual(20)
    }
  })

  it('that cannot be written refuses nobody', async () => {
    const world = await createWorld()
    await world.addUser(ANN)
    const ANALYTICS = {
      writeDataPoint() {
        throw new Error(ANN)
      },
    }
    const lines = await linesDuring(async () => {
      const { finished } = await world.login(ANN, {}, openBrowser({ ...env, ANALYTICS }))
      expect(finished!.status).toBe(302)
    })
    expect(lines.map(({ event }) => event)).toEqual(['login', 'data_point_failed'])
    expect(JSON.stringify(lines)).not.toContain(ANN)
  })
})
