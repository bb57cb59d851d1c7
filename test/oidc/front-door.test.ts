// The front door in front of an app: whose login it is, and where people with a password go on,
// with the request as it came.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { editClient } from '../../src/clients/operations.ts'
import type { Env } from '../../src/env.ts'
import { addBreakGlass } from '../../src/rollout/operations.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { makeCodes } from '../support/recovery-codes.ts'
import { good, request } from '../support/request.ts'
import { createWorld, type World } from '../support/world.ts'
import { openApp, signIn } from './relying-party.ts'

const PASSWORD_PAGE = 'https://app.vendor.example/password?from=sso'

let world: World
let number = 0
let email: string
beforeEach(async () => {
  world = await createWorld()
  email = `door-${number++}@tenant.example`
})

const openPasswordApp = () => openApp({ passwordLoginURL: PASSWORD_PAGE })

/** What the front door answers to an e-mail that is entered for a request. */
async function enter(path: string, as: string, environment: Env = env) {
  const browser = openBrowser(environment)
  const door = await browser.get(path)
  const returnTo = new URL(door.headers.get('location')!, ORIGIN).searchParams.get('return_to')!
  return browser.post('/login', { email: as, return_to: returnTo })
}

describe('the front door', () => {
  it('names the waiting app', async () => {
    const app = await openApp({ name: 'Invoices & Co' })
    const browser = openBrowser()
    const door = await browser.get((await app.ask()).path)
    const page = await (await browser.get(door.headers.get('location')!)).text()
    expect(page).toContain('to continue to <strong>Invoices &amp; Co</strong>')
  })

  it('does not say it of an app that is disabled, or of none', async () => {
    const app = await openApp({ name: 'Invoices' })
    const browser = openBrowser()
    const door = (await browser.get((await app.ask()).path)).headers.get('location')!
    good(await editClient(request(), app.client.sid, { disabled: true }))
    expect(await (await browser.get(door)).text()).not.toContain('to continue to')
    expect(await (await browser.get('/login')).text()).not.toContain('to continue to')
  })

  it('is filled with the login_hint of the app', async () => {
    const app = await openApp()
    const { path } = await app.ask({ prompt: 'select_account', login_hint: email })
    const browser = openBrowser()
    const door = await browser.get(path)
    expect(await (await browser.get(door.headers.get('location')!)).text()).toContain(
      `value="${email}"`,
    )
  })
})

describe('a password user', () => {
  it('goes on at the app’s own page, with the request as it came', async () => {
    await world.addUser(email, { signInMethod: 'password' })
    const app = await openPasswordApp()
    const asked = await app.ask({ ui_locales: 'de fr', prompt: 'login' })
    const { callback } = await signIn(world, asked, email)
    expect(callback!.origin + callback!.pathname).toBe('https://app.vendor.example/password')
    expect(Object.fromEntries(callback!.searchParams)).toEqual({
      from: 'sso',
      ...Object.fromEntries(asked.url.searchParams),
      login_hint: email,
      iss: ORIGIN,
    })
  })

  it('goes there at once if the app sends a login_hint', async () => {
    await world.addUser(email, { signInMethod: 'password' })
    const app = await openPasswordApp()
    const { path } = await app.ask({ login_hint: email })
    const response = await openBrowser().get(path)
    expect(response.headers.get('location')).toMatch(
      /^https:\/\/app\.vendor\.example\/password\?from=sso&/,
    )
  })

  it('gets the same answer as an unknown or suspended user', async () => {
    await world.addUser(email, { signInMethod: 'password' })
    const suspended = `suspended-${email}`
    await world.addUser(suspended, { suspendedAt: 1 })
    const app = await openPasswordApp()
    const { path } = await app.ask()
    const seen = async (as: string) => {
      const response = await enter(path, as)
      const location = new URL(response.headers.get('location')!)
      return [response.status, location.href.replace(encodeURIComponent(as), 'EMAIL')]
    }
    const known = await seen(email)
    expect(known[0]).toBe(303)
    expect(await seen(`nobody-${email}`)).toEqual(known)
    expect(await seen(suspended)).toEqual(known)
  })

  it('goes to the page of the deployment if the app has none', async () => {
    const environment = { ...env, PASSWORD_LOGIN_URL: 'https://www.vendor.example/login' }
    const { path } = await (await openApp()).ask()
    const response = await enter(path, email, environment)
    const url = new URL(response.headers.get('location')!)
    expect(url.origin + url.pathname).toBe('https://www.vendor.example/login')
    expect(url.searchParams.get('login_hint')).toBe(email)
    expect(url.searchParams.get('return_to')).toMatch(/^\/oauth2\/authorize\?/)
  })

  it('is told to use the app if there is no page', async () => {
    const { path } = await (await openApp()).ask()
    const response = await enter(path, email)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('Sign in with your password')
  })

  it('may choose that page if SSO is not enforced', async () => {
    await world.addUser(email, { signInMethod: 'sso_enabled' })
    const { path } = await (await openPasswordApp()).ask()
    const page = await (await enter(path, email)).text()
    expect(page).toContain('href="https://app.vendor.example/password?from=sso&amp;')
    expect(page).toContain(`href="/sso/${world.connectionSid}?`)
  })

  // The request has been judged; a link to the front door that somebody wrote by hand has not.
  it('is not sent there with a redirect URI that the app has never registered', async () => {
    const app = await openPasswordApp()
    const { url } = await app.ask()
    url.searchParams.set('redirect_uri', 'https://evil.example/')
    const returnTo = `${url.pathname}${url.search}`
    const response = await openBrowser().post('/login', { email, return_to: returnTo })
    expect(response.headers.get('location')).toBe(null)
    expect(await response.text()).not.toContain('evil.example/&')
  })

  it('is not sent to the page of a client that is disabled', async () => {
    const app = await openPasswordApp()
    const { url } = await app.ask()
    good(await editClient(request(), app.client.sid, { disabled: true }))
    const returnTo = `${url.pathname}${url.search}`
    const response = await openBrowser().post('/login', { email, return_to: returnTo })
    expect(response.headers.get('location')).toBe(null)
  })
})

it('hands a recovery code on to the app that waits, with the request as it came', async () => {
  await world.addUser(email, { signInMethod: 'sso_enabled' })
  const exemption = { user: email, reason: 'owner', expiresAt: Date.now() + 3600_000 }
  good(await addBreakGlass(request(), world.tenantSid, exemption))
  const { codes } = good(await makeCodes(request(), email))
  const { url } = await (await openPasswordApp()).ask()
  const returnTo = `${url.pathname}${url.search}`
  const page = await openBrowser().post('/login/recovery', {
    email,
    code: codes[0]!,
    return_to: returnTo,
  })
  const href = /href="(https:\/\/app\.vendor\.example\/password[^"]*)"/.exec(await page.text())![1]!
  const parameters = Object.fromEntries(new URL(href.replaceAll('&amp;', '&')).searchParams)
  expect(parameters).toEqual({
    from: 'sso',
    ...Object.fromEntries(url.searchParams),
    login_hint: email,
    recovery_code: expect.stringMatching(/./),
    iss: ORIGIN,
  })
})

it('takes the whole request to the front door and back, as long as it may be', async () => {
  await world.addUser(email, { signInMethod: 'sso_enforced' })
  const app = await openApp()
  const state = 'ä%/ '.repeat(370)
  const asked = await app.ask({ state })
  const { callback } = await signIn(world, asked, email)
  expect(callback!.searchParams.get('state')).toBe(state)
  expect(callback!.searchParams.has('code')).toBe(true)
  expect(asked.path.length).toBeGreaterThan(5000)
})
