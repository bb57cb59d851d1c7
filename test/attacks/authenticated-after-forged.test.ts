// `authenticated_after`, written into a request by hand: it opens nothing, and the app is told the
// truth.
import * as openid from 'openid-client'
import { beforeEach, describe, expect, it } from 'vitest'
import { askIn, openApp, openSession, type App } from '../oidc/relying-party.ts'
import { openBrowser, type Browser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'

const MINUTE = 60_000

describe('authenticated-after-forged', () => {
  let app: App
  let browser: Browser
  beforeEach(async () => {
    app = await openApp()
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const authnInstant = Date.now() - 20 * MINUTE
    browser = await openSession(world, 'alice@tenant.example', { authnInstant })
  })

  it('is no session for who has none', async () => {
    const { location, code } = await askIn(openBrowser(), app, {
      authenticated_after: String(Date.now() - MINUTE),
    })
    expect([code, new URL(location!).searchParams.get('error')]).toEqual(['', 'login_required'])
  })

  // The person at the browser could leave out `max_age` too: an app relies on `auth_time`
  // (OpenID Connect Core 1.0 §3.1.2.1).
  it('leaves auth_time as it is: an app sees that max_age was not met', async () => {
    const redeem = async (maxAge: number) => {
      const { callback, checks } = await askIn(browser, app, {
        authenticated_after: String(Date.now() - 28 * MINUTE),
        max_age: '60',
      })
      return openid.authorizationCodeGrant(app.config, callback!, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.verifier,
        maxAge,
      })
    }
    expect((await redeem(3600)).id_token).toMatch(/./)
    await expect(redeem(60)).rejects.toThrow('JWT timestamp claim value failed validation')
  })

  it('reaches back half an hour at most', async () => {
    for (const ago of [31 * MINUTE, -MINUTE]) {
      const more = { authenticated_after: String(Date.now() - ago), prompt: 'login' }
      expect((await askIn(browser, app, more)).code).toBe('')
    }
  })
})
