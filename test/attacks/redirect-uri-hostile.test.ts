// Addresses that are none of the app's, or almost: no code, no error and no logout goes there, for
// any signed-in person.
import { beforeAll, describe, expect, it } from 'vitest'
import { openApp, openSession, REDIRECT_URI, type App } from '../oidc/relying-party.ts'
import { openBrowser, type Browser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'
import { HOSTILE_URLS } from './hostile-urls.ts'

/** What differs from the registered one by as little as can be. */
const NEARLY = [
  `${REDIRECT_URI}/`,
  `${REDIRECT_URI}?`,
  `${REDIRECT_URI}#`,
  `${REDIRECT_URI}#/@attacker.example`,
  `${REDIRECT_URI}%20`,
  `${REDIRECT_URI}\u0000`,
  `${REDIRECT_URI}\r\nx: y`,
  `${REDIRECT_URI}/../../open?to=https://attacker.example`,
  `${REDIRECT_URI}/%2e%2e/callback`,
  ` ${REDIRECT_URI}`,
  REDIRECT_URI.replace('https', 'http'),
  REDIRECT_URI.replace('https', 'HTTPS'),
  REDIRECT_URI.replace('.example', '.example:443'),
  REDIRECT_URI.replace('.example', '.example.'),
  REDIRECT_URI.replace('app', 'APP'),
  REDIRECT_URI.replace('callback', 'Callback'),
  REDIRECT_URI.replace('callback', '%63allback'),
  REDIRECT_URI.replace('/callback', '//callback'),
  REDIRECT_URI.replace('app', 'аpp'),
]
const HOSTILE = [...HOSTILE_URLS, ...NEARLY]

describe('redirect-uri-hostile', () => {
  let app: App
  let browser: Browser
  beforeAll(async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    browser = await openSession(world, 'alice@tenant.example')
    app = await openApp({ postLogoutRedirectURIs: [REDIRECT_URI] })
  })

  async function expectNowhere(response: Response) {
    expect(response.headers.get('location')).toBe(null)
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain('attacker.example')
  }

  it.each(['query', 'form_post'])('is followed as registered, by %s', async (mode) => {
    const { path } = await app.ask({ response_mode: mode })
    const response = await browser.get(path)
    expect(response.headers.get('location') ?? (await response.text())).toContain(REDIRECT_URI)
  })

  it.each(HOSTILE)('redirect_uri: %j', async (uri) => {
    for (const more of [{}, { prompt: 'none' }, { response_mode: 'form_post' }]) {
      const { path } = await app.ask({ ...more, redirect_uri: uri })
      await expectNowhere(await browser.get(path))
    }
  })

  it.each(HOSTILE)('post_logout_redirect_uri: %j', async (uri) => {
    const query = { client_id: app.client.sid, post_logout_redirect_uri: uri }
    await expectNowhere(await browser.get(`/oauth2/logout?${new URLSearchParams(query)}`))
    await expectNowhere(await browser.post('/oauth2/logout/confirmed', query))
  })

  it.each(HOSTILE_URLS)('return_to of the front door: %j', async (uri) => {
    const query = new URLSearchParams({ return_to: uri })
    const stranger = openBrowser()
    await expectNowhere(await stranger.get(`/login?${query}`))
    await expectNowhere(await stranger.get(`/login/recovery?${query}`))
    await expectNowhere(await stranger.post('/login', { email: 'a@b.example', return_to: uri }))
  })
})
