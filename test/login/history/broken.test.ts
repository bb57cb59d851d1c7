// HISTORY refuses every statement, hangs or is missing: people sign in all the same, the log has a
// fixed code, and pages say so in the place of logins.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { openHistory } from '../../../src/platform/db/history.ts'
import { getRoom, roomVersion } from '../../../src/rollout/validation/room-operations.ts'
import { getAttempt, listAttempts } from '../../../src/login/operations.ts'
import { createSignInLink } from '../../../src/access/operations.ts'
import { openBrowser } from '../../support/browser.ts'
import { ALL, codeOf, good, request } from '../../support/request.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'
import { as, createWorld } from '../../support/world.ts'

const refusing = wrapD1(env.HISTORY!, () =>
  Promise.reject(new Error('D1_ERROR: Exceeded maximum DB size')),
)
const hanging = wrapD1(env.HISTORY!, () => new Promise(() => {}))
const without = { ...env, HISTORY: undefined } as unknown as Env
const CASES: [string, Env, string][] = [
  ['refuses every statement', { ...env, HISTORY: refusing }, 'full'],
  ['hangs', { ...env, HISTORY: hanging }, 'timeout'],
  ['is missing', without, 'missing'],
]

let lines: string[]
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
})
const codes = () =>
  lines
    .map((line) => JSON.parse(line) as { event: string; code?: string })
    .filter(({ event }) => event === 'history_unavailable')
    .map(({ code }) => code)

describe.each(CASES)('where HISTORY %s', (_name, environment, code) => {
  it('a login goes on, and so does a refusal; the log says why', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const signedIn = await world.login('alice@tenant.example', {}, openBrowser(environment))
    expect(signedIn.finished?.status).toBe(302)
    const refused = await world.login('nobody@tenant.example', {}, openBrowser(environment))
    expect(refused.arrived.status).toBe(403)
    expect(await refused.arrived.text()).toMatch(/(?:AT|RQ)[0-9a-f]{32}/)
    expect(codes()).toEqual([code, code])
    expect((await world.rows()).sessions).toHaveLength(1)
  }, 60_000)

  it('a test passes, and its page says that the result cannot be read', async () => {
    const world = await createWorld({ connection: { state: 'testing' } })
    await world.addUser('alice@tenant.example')
    const browser = openBrowser(environment)
    const { requestID, relayState } = await world.begin(browser, '?test')
    const message = await world.idp(requestID).respond(as('alice@tenant.example'))
    const arrived = await world.deliver(browser, message, relayState)
    const page = await browser.get(arrived.headers.get('location')!)
    expect(page.status).toBe(503)
    expect(await page.text()).toContain('The history of logins cannot be read now')
    // The sign-off asks DB.
    const context = { ...request(), history: openHistory(environment.HISTORY) }
    expect(good(await getRoom(context, world.connectionSid))).toMatchObject({
      isTried: true,
      attempts: null,
    })
  }, 60_000)

  it('room, lists and console pages are there, and say so', async () => {
    const world = await createWorld({ connection: { state: 'testing' } })
    const context = { ...request(), history: openHistory(environment.HISTORY) }
    const { connectionSid } = world
    const room = good(await getRoom(context, connectionSid))
    expect(good(await roomVersion(context, connectionSid))).toBe(room.version)
    expect(codeOf(await listAttempts(context, connectionSid, ALL))).toEqual(['history_unavailable'])
    const sid = `AT${'0'.repeat(32)}`
    expect(codeOf(await getAttempt(context, sid))).toEqual(['history_unavailable'])

    const operator = openBrowser(environment)
    const { secret } = good(
      await createSignInLink(request(), { email: 'olga@vendor.example', name: 'olga' }),
    )
    await operator.post('/console/sign-in', { link: secret })
    for (const path of ['', '/room', '/attempts']) {
      const page = await operator.get(`/console/connections/${connectionSid}${path}`)
      expect([path, page.status]).toEqual([path, 200])
      expect(await page.text()).toContain('The history of logins cannot be read now')
    }
  }, 60_000)
})
