// Wrong guesses of secrets: counted exactly, for each client, in few rows.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApiKey, createSetupLink } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import { countGuess } from '../../src/platform/guesses/store.ts'
import { failedGuesses } from '../../src/platform/db/schema.ts'
import { createSecret } from '../../src/platform/secret.ts'
import { exchangeRecoveryCode } from '../../src/rollout/break-glass/operations.ts'
import { addBreakGlass } from '../../src/rollout/operations.ts'
import { createScimToken } from '../../src/scim/token-operations.ts'
import { askApp } from '../support/ask-app.ts'
import { ORIGIN } from '../support/browser.ts'
import { makeCodes } from '../support/recovery-codes.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'

const app = createApp()
const GUESSER = '203.0.113.66'
const OFFICE = '198.51.100.7'
const OWNER = 'owner@tenant.example'

let world: World
beforeEach(async () => {
  world = await createWorld()
  await db.delete(failedGuesses)
})

type Sent = { path: string; headers?: Record<string, string>; form?: Record<string, string> }

const ask = ({ path, headers, form }: Sent, address: string) =>
  askApp(
    app,
    ORIGIN + path,
    {
      headers: {
        'cf-connecting-ip': address,
        ...(form && { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form && { method: 'POST', body: new URLSearchParams(form).toString() }),
    },
    env,
  )

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })

/** How each secret is sent, and how many wrong ones a client may send in a minute. */
const SECRETS: Record<string, { most: number; right: () => Promise<Sent>; wrong: () => Sent }> = {
  'an API key': {
    most: 100,
    right: async () => {
      const input = { name: 'app', tenantSid: null, role: 'owner' as const, expiresInDays: 1 }
      const { secret } = good(await createApiKey(request(), input))
      return { path: '/api/v1/tenants', headers: bearer(secret) }
    },
    wrong: () => ({ path: '/api/v1/tenants', headers: bearer(`gp_${createSecret()}`) }),
  },
  'a SCIM token': {
    most: 100,
    right: async () => {
      const input = { name: 'idp', expiresInDays: 1 }
      const made = good(await createScimToken(request(), world.connectionSid, input))
      return { path: `/scim/v2/${world.connectionSid}/Users`, headers: bearer(made.secret) }
    },
    wrong: () => ({
      path: `/scim/v2/${world.connectionSid}/Users`,
      headers: bearer(`gps_${createSecret()}`),
    }),
  },
  'a setup link': {
    most: 50,
    right: async () => {
      const input = { name: 'carla', capabilities: [], expiresInMinutes: 60 }
      const { secret } = good(await createSetupLink(request(), world.connectionSid, input))
      return { path: `/setup/${secret}` }
    },
    wrong: () => ({ path: `/setup/${createSecret()}` }),
  },
  'a sign-in link': {
    most: 50,
    right: async () => ({ path: '/console/sign-in' }),
    wrong: () => ({ path: `/console/sign-in?link=${createSecret()}` }),
  },
}

describe('who guesses', () => {
  for (const [name, { most, right, wrong }] of Object.entries(SECRETS))
    it(`${name} is stopped, and a right one still works there`, async () => {
      const good = await right()
      const before = Date.now()
      const statuses: number[] = []
      for (let n = 0; n <= most; n++) statuses.push((await ask(wrong(), GUESSER)).status)
      const last = await ask(wrong(), GUESSER)
      // A minute that ends in between begins the count anew.
      if (Math.floor(before / 60_000) === Math.floor(Date.now() / 60_000)) {
        expect(statuses.slice(0, most)).not.toContain(429)
        expect(statuses[most]).toBe(429)
        expect([last.status, last.headers.get('retry-after')]).toEqual([429, '60'])
      }
      expect((await ask(good, GUESSER)).status).toBeLessThan(400)
      const [row, ...others] = await db.select().from(failedGuesses)
      expect(others).toEqual([])
      expect(row!.wrong).toBeLessThanOrEqual(most)
      // Nobody else is.
      expect([401, 403]).toContain((await ask(wrong(), OFFICE)).status)
    })

  it('recovery codes is stopped for that owner, also with the right one, and the owner is not', async () => {
    const userSid = await world.addUser(OWNER)
    const exemption = { user: OWNER, reason: 'keys', expiresAt: Date.now() + 3600_000 }
    good(await addBreakGlass(request(), world.tenantSid, exemption))
    const { codes } = good(await makeCodes(request(), userSid))
    const free = { limit: async () => ({ success: true }) } as RateLimit
    const send = (code: string, address: string, email = OWNER) =>
      askApp(
        app,
        `${ORIGIN}/login/recovery`,
        {
          method: 'POST',
          body: new URLSearchParams({ email, code }).toString(),
          headers: {
            origin: ORIGIN,
            'cf-connecting-ip': address,
            'content-type': 'application/x-www-form-urlencoded',
          },
        },
        { ...env, LOGINS_BY_ADDRESS_AND_EMAIL: free },
      )
    // Counted by D1 alone: the statement is the same at any time of the minute.
    const minute = Math.floor(Date.now() / 60_000)
    const statuses: number[] = []
    for (let n = 0; n < 11; n++) statuses.push((await send('0000-0000-0000-0000', GUESSER)).status)
    const right = await send(codes[0]!, GUESSER)
    const page = await right.text()
    if (Math.floor(Date.now() / 60_000) === minute) {
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 403), 429])
      expect([right.status, right.headers.get('retry-after')]).toEqual([429, '60'])
      expect(page).toContain(`/login/recovery?login_hint=${encodeURIComponent(OWNER)}`)
    }
    expect((await send('0000-0000-0000-0000', GUESSER, 'other@tenant.example')).status).toBe(403)
    expect((await send(codes[0]!, OFFICE)).status).toBe(200)
  })
})

it('an app that passes on wrong recovery codes is stopped for that owner, and a hand-over works', async () => {
  const userSid = await world.addUser(OWNER)
  const exemption = { user: OWNER, reason: 'keys', expiresAt: Date.now() + 3600_000 }
  good(await addBreakGlass(request(), world.tenantSid, exemption))
  const { codes } = good(await makeCodes(request(), userSid))
  const input = { name: 'app', tenantSid: null, role: 'owner' as const, expiresInDays: 1 }
  const { secret } = good(await createApiKey(request(), input))
  const spend = async (code: string, email = OWNER) => {
    const init = {
      method: 'POST',
      headers: { ...bearer(secret), 'content-type': 'application/json' },
      body: JSON.stringify({ email, code }),
    }
    const answer = await askApp(app, `${ORIGIN}/api/v1/recovery-codes/spend`, init, env)
    return [answer.status, ((await answer.json()) as { code?: string }).code]
  }
  const minute = Math.floor(Date.now() / 60_000)
  const answers = []
  for (let n = 0; n < 11; n++) answers.push(await spend('0000-0000-0000-0000'))
  const right = await spend(codes[0]!)
  // Our own page counts for the address of the owner.
  const paper = { email: OWNER, code: codes[0]!, client: OFFICE }
  const { handover } = good(await exchangeRecoveryCode({ db, now: Date.now() }, paper))
  const handedOver = await spend(handover)
  const other = await spend('0000-0000-0000-0000', 'other@tenant.example')
  if (Math.floor(Date.now() / 60_000) === minute) {
    const stopped = [429, 'too_many_requests']
    const wrong = Array.from({ length: 10 }, () => [403, 'recovery_code'])
    expect(answers).toEqual([...wrong, stopped])
    expect(right).toEqual(stopped)
  }
  expect(handedOver).toEqual([200, undefined])
  expect(other).toEqual([403, 'recovery_code'])
})

describe('the count', () => {
  it('is exact where guesses come at the same moment', async () => {
    const guess = { kind: 'recovery_code', client: 'one' } as const
    const counted = await Promise.all(Array.from({ length: 30 }, () => countGuess(db, guess, 0)))
    expect(counted.filter(Boolean)).toHaveLength(10)
    expect(await countGuess(db, guess, 59_999)).toBe(false)
    expect(await countGuess(db, guess, 60_000)).toBe(true)
  })

  it('takes 65,536 rows at most, and none has an address', async () => {
    for (let n = 0; n < 200; n++)
      await countGuess(db, { kind: 'api_key', client: `2001:db8::${n}` }, 0)
    const rows = await db.select().from(failedGuesses)
    for (const { bucket } of rows) expect(bucket).toBeLessThan(65_536)
    expect(Object.keys(rows[0]!)).toEqual(['bucket', 'minute', 'wrong'])
  })
})
