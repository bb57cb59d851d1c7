import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'

async function signedIn(logoutRedirectURL: string | null) {
  const world = await createWorld({ connection: { logoutRedirectURL } })
  await world.addUser('alice@tenant.example')
  const { browser } = await world.login('alice@tenant.example')
  return { world, browser, cookie: browser.cookies.get('__Host-session')! }
}

it('ends our session first, then posts to the tenant’s Redirect URL', async () => {
  const { world, browser, cookie } = await signedIn('https://tenant.example/bye?a=1&b=2')
  const response = await browser.post('/logout')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-security-policy')).toContain(
    'form-action https://tenant.example https:',
  )
  expect(await response.text()).toContain(
    '<form method="post" action="https://tenant.example/bye?a=1&amp;b=2">',
  )
  expect((await world.rows()).sessions[0]!.endedAt).toEqual(expect.any(Number))
  expect(browser.cookies.has('__Host-session')).toBe(false)

  // The cookie itself is worth nothing any more.
  browser.cookies.set('__Host-session', cookie)
  expect(await (await browser.get('/')).text()).toContain('You are not signed in')
})

it('shows our own page without a Redirect URL', async () => {
  const { browser } = await signedIn(null)
  expect(await (await browser.post('/logout')).text()).toContain('You are signed out')
})

it.each(['javascript:alert(1)', 'http://tenant.example/bye', 'no URL'])(
  'follows no Redirect URL that is not https: %s',
  async (logoutRedirectURL) => {
    const { world, browser } = await signedIn(logoutRedirectURL)
    const page = await (await browser.post('/logout')).text()
    expect(page).toContain('You are signed out')
    expect(page).not.toContain('<form')
    expect((await world.rows()).sessions[0]!.endedAt).toEqual(expect.any(Number))
  },
)

it('asks before it signs out on a plain link', async () => {
  const { world, browser } = await signedIn(null)
  expect(await (await browser.get('/logout')).text()).toContain(
    '<form method="post" action="/logout">',
  )
  expect((await world.rows()).sessions[0]!.endedAt).toBeNull()
})

it('not_same_site: another site cannot sign a person out', async () => {
  const { world, browser, cookie } = await signedIn(null)
  const response = await browser.send('/logout', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://evil.example',
      cookie: `__Host-session=${cookie}`,
    },
  })
  expect(response.status).toBe(403)
  expect((await world.rows()).sessions[0]!.endedAt).toBeNull()
})

describe('single_logout_unsupported: a LogoutRequest is told so', () => {
  it.each(['/', '/logout', '/login/finish', '/saml/slo', '/nowhere'])('at %s', async (path) => {
    const browser = openBrowser()
    for (const response of [
      await browser.get(`${path}?SAMLRequest=abc`),
      await browser.postFromElsewhere(path, { SAMLRequest: 'abc' }),
    ]) {
      expect(response.status).toBe(400)
      expect(await response.text()).toContain('Single Logout is not supported')
    }
  })

  it('at the ACS, as a request and as a response', async () => {
    const world = await createWorld()
    const browser = openBrowser()
    const asRequest = await browser.postFromElsewhere(world.acs, { SAMLRequest: 'abc' })
    expect(await asRequest.text()).toContain('Single Logout is not supported')
    const logout = '<p:LogoutRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1"/>'
    const asResponse = await browser.postFromElsewhere(world.acs, { SAMLResponse: btoa(logout) })
    expect(await asResponse.text()).toContain('Single Logout is not supported')
    expect((await world.rows()).attempts).toMatchObject([{ code: 'single_logout_unsupported' }])
  })

  it('and our metadata offers no endpoint for it', async () => {
    const world = await createWorld()
    const metadata = await openBrowser().get(`/saml/${world.connectionSid}/metadata`)
    expect(await metadata.text()).not.toContain('SingleLogoutService')
  })
})
