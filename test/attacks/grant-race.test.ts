// Two at the same moment: what is good once is given once, and what ends takes along what was begun
// in that moment.
import { beforeEach, describe, expect, it } from 'vitest'
import { eq } from 'drizzle-orm'
import { sessions, users } from '../../src/platform/db/schema.ts'
import {
  askIn,
  basic,
  codeFields,
  openApp,
  openSession,
  post,
  type App,
} from '../oidc/relying-party.ts'
import type { Browser } from '../support/browser.ts'
import { createWorld, db } from '../support/world.ts'

describe('grant-race', () => {
  let app: App
  let browser: Browser
  let userSid: string
  beforeEach(async () => {
    app = await openApp()
    const world = await createWorld()
    userSid = await world.addUser('alice@tenant.example')
    browser = await openSession(world, 'alice@tenant.example')
  })

  const redeem = async ({ code, checks }: Awaited<ReturnType<typeof askIn>>) =>
    post('/oauth2/token', codeFields(code, checks), basic(app))
  const refresh = (token: string) =>
    post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token }, basic(app))
  const isKnown = async (token: string) =>
    (await post('/oauth2/userinfo', {}, { authorization: `Bearer ${token}` })).status === 200

  it('one code, five at once: one is given tokens, and the others end them', async () => {
    const asked = await askIn(browser, app)
    const answers = await Promise.all(Array.from({ length: 5 }, () => redeem(asked)))
    const given = answers.filter(({ status }) => status === 200)
    expect(given).toHaveLength(1)
    expect(await isKnown(given[0]!.body.access_token!)).toBe(false)
  })

  it('one refresh token of a public client, five at once: all get the same next one', async () => {
    const spa = await openApp({ clientType: 'public' })
    const client_id = spa.client.sid
    const { code, checks } = await askIn(browser, spa)
    const { body } = await post('/oauth2/token', { ...codeFields(code, checks), client_id })
    const use = (refresh_token: string) =>
      post('/oauth2/token', { grant_type: 'refresh_token', refresh_token, client_id })
    const answers = await Promise.all(Array.from({ length: 5 }, () => use(body.refresh_token!)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1)
    // A thief and the app have both used it: the second of them to go on ends it for both.
    const next = answers[0]!.body.refresh_token!
    expect((await use(next)).status).toBe(200)
    expect((await use(body.refresh_token!)).status).toBe(400)
    expect(await isKnown(answers[0]!.body.access_token!)).toBe(false)
  })

  const ends = {
    logout: () => browser.post('/logout'),
    suspension: () => db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, userSid)),
    revocation: () => db.update(sessions).set({ endedAt: 1 }).where(eq(sessions.userSid, userSid)),
  }
  it.each(Object.keys(ends) as (keyof typeof ends)[])(
    'codes, tokens and refreshes in the moment of a %s: nothing of them is left after it',
    async (end) => {
      const [first, second] = [await askIn(browser, app), await askIn(browser, app)]
      const { body } = await redeem(first)
      const [asked, redeemed, refreshed] = await Promise.all([
        askIn(browser, app),
        redeem(second),
        refresh(body.refresh_token!),
        ends[end](),
        askIn(browser, app),
      ])
      expect((await redeem(asked)).status).toBe(400)
      for (const { access_token, refresh_token } of [body, redeemed.body, refreshed.body]) {
        if (access_token) expect(await isKnown(access_token)).toBe(false)
        if (refresh_token) expect((await refresh(refresh_token)).status).toBe(400)
      }
    },
  )
})
