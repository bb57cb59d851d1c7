// Cookies that were there before the login: none of them becomes the session.
import { describe, expect, it } from 'vitest'
import { deliver, freeze, open } from './harness.ts'

const PLANTED = 'A'.repeat(43)
const NAME = '__Host-session'

describe('session-fixation', () => {
  freeze()

  it('a planted session cookie is replaced', async () => {
    const scene = await open({})
    scene.browser.cookies.set(NAME, PLANTED)
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    expect(scene.browser.cookies.get(NAME)).not.toBe(PLANTED)
    scene.browser.cookies.set(NAME, PLANTED)
    expect(await (await scene.browser.get('/')).text()).toContain('You are not signed in')
  })

  it('a second login makes another session', async () => {
    const scene = await open({})
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    const first = scene.browser.cookies.get(NAME)
    const { requestID, relayState } = await scene.world.begin(scene.browser)
    const again = await scene.world.idp(requestID).respond()
    expect((await deliver(again, { ...scene, relayState })).code).toBe(null)
    expect(scene.browser.cookies.get(NAME)).not.toBe(first)
    expect((await scene.world.rows()).sessions).toHaveLength(2)
  })

  it('what the database holds of a cookie opens nothing', async () => {
    const scene = await open({})
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    const { sessions } = await scene.world.rows()
    scene.browser.cookies.set(NAME, sessions[0]!.tokenHash)
    expect(await (await scene.browser.get('/')).text()).toContain('You are not signed in')
  })

  it('the code in the finish link is no session, and is known by its hash only', async () => {
    const { world, browser, genuine, relayState } = await open({})
    const arrived = await world.deliver(browser, genuine, relayState)
    const code = new URL(arrived.headers.get('location')!, 'https://a.example').searchParams.get(
      'code',
    )!
    expect(JSON.stringify(await world.rows())).not.toContain(code)
    browser.cookies.set(NAME, code)
    expect(await (await browser.get('/')).text()).toContain('You are not signed in')
  })
})
