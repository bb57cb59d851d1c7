// A session that a later login in the same browser has covered up: nobody could end it, and its
// apps would go on.
import { beforeEach, describe, expect, it } from 'vitest'
import { askIn, basic, openApp, openSession, post, type App } from '../oidc/relying-party.ts'
import { revokeSession } from '../../src/sessions/operations.ts'
import { LIFETIME } from '../sessions/stage.ts'
import type { Browser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
let app: App
const [ann, ben] = ['ann@tenant.example', 'ben@tenant.example'] as const

async function tokensIn(browser: Browser) {
  const { callback, checks } = await askIn(browser, app)
  return app.redeem(callback!, checks)
}

async function refresh({ refresh_token }: { refresh_token?: string | undefined }) {
  const fields = { grant_type: 'refresh_token', refresh_token: refresh_token! }
  return (await post('/oauth2/token', fields, basic(app))).status
}

describe('session-left-behind', () => {
  beforeEach(async () => {
    world = await createWorld()
    app = await openApp()
    await world.addUser(ann)
    await world.addUser(ben)
  })

  it('ends with the logout, though the same person has signed in since', async () => {
    const browser = await openSession(world, ann)
    const before = await tokensIn(browser)
    await world.login(ann, {}, browser)
    const since = await tokensIn(browser)
    await browser.post('/logout')
    expect(await refresh(since)).toBe(400)
    expect(await refresh(before)).toBe(400)
  })

  it('serves on until then: apps of the same person lose nothing by a second login', async () => {
    const browser = await openSession(world, ann)
    const before = await tokensIn(browser)
    await world.login(ann, {}, browser)
    expect(await refresh(before)).toBe(200)
  })

  it('ends at once where somebody else signs in', async () => {
    const browser = await openSession(world, ann)
    const before = await tokensIn(browser)
    await world.login(ben, {}, browser)
    expect(await refresh(before)).toBe(400)
  })
  it('opens nothing once the session after it has been ended', async () => {
    const browser = await openSession(world, ann)
    const [first] = (await world.rows()).sessions
    await world.login(ann, {}, browser)
    const second = (await world.rows()).sessions.find(({ sid }) => sid !== first!.sid)!
    good(await revokeSession(request(), second.sid, LIFETIME))
    expect(await (await browser.get('/')).text()).toContain('You are not signed in')
    expect((await askIn(browser, app, { prompt: 'none' })).code).toBe('')
  })
})
