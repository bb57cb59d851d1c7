// Markup in an app's name, and in what its links carry: on our pages it is text.
import { beforeAll, describe, expect, it } from 'vitest'
import { openApp, REDIRECT_URI, signInWith, type App } from '../oidc/relying-party.ts'
import { openBrowser, type Browser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'

const MARKUP = `"'></form><script>alert(1)</script><img src=x onerror=alert(1)>`

describe('markup-client', () => {
  let app: App
  let browser: Browser
  beforeAll(async () => {
    app = await openApp({ name: MARKUP, postLogoutRedirectURIs: [REDIRECT_URI] })
    browser = (await signInWith(app, await createWorld())).browser
  })

  async function expectText(response: Response, where: string) {
    const page = await response.text()
    expect(page, where).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page, where).not.toContain('<script>alert')
    expect(page, where).not.toContain('<img')
  }

  it('is text on the front door: the name, the hint and where it leads', async () => {
    const { path } = await app.ask({ state: MARKUP, prompt: 'select_account', login_hint: MARKUP })
    const door = (await openBrowser().get(path)).headers.get('location')!
    await expectText(await openBrowser().get(door), door)
  })

  it('is text in the form that takes the answer to the app', async () => {
    const { path } = await app.ask({ state: MARKUP, response_mode: 'form_post' })
    await expectText(await browser.get(path), path)
  })

  it('is text on the page that asks before a logout', async () => {
    const query = new URLSearchParams({
      client_id: app.client.sid,
      post_logout_redirect_uri: REDIRECT_URI,
      state: MARKUP,
    })
    await expectText(await browser.get(`/oauth2/logout?${query}`), 'logout')
  })
})
