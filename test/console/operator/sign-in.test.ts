// How operators come in and go.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createSignInLink } from '../../../src/access/operations.ts'
import { signInLinks } from '../../../src/platform/db/schema.ts'
import { hashSecret } from '../../../src/platform/secret.ts'
import { openBrowser } from '../../support/browser.ts'
import { good, request } from '../../support/request.ts'
import { db } from '../../support/world.ts'
import { landedAt } from '../../support/landed-at.ts'
import { openOperator, openStranger } from './admins.ts'

const createLink = async () =>
  good(await createSignInLink(request(), { email: 'olga@vendor.example', name: 'olga' })).secret

describe('a sign-in link', () => {
  it('is shown before it is spent, and works once', async () => {
    const browser = openStranger()
    const link = await createLink()
    // As often as somebody looks at it.
    for (let time = 0; time < 2; time++) {
      const shown = await browser.get(`/console/sign-in?link=${link}`)
      expect(shown.status).toBe(200)
      expect(await shown.text()).toContain('Sign in as olga')
      expect(browser.cookies.size).toBe(0)
    }
    const spent = await browser.post('/console/sign-in', { link })
    expect([spent.status, landedAt(spent)]).toEqual([303, '/console (signed_in)'])
    const [cookie] = spent.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-console=[A-Za-z0-9_-]{43}; /)
    for (const part of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Max-Age=28800'])
      expect(cookie).toContain(part)
    const welcomed = await (await browser.get('/console')).text()
    expect(welcomed).toContain('olga')
    expect(welcomed).toContain('class="notice success')
    // Loaded again, the page says it no more, and no link can make it.
    for (const path of ['/console/tenants', '/console/tenants?notice=signed_in'])
      expect(await (await browser.get(path)).text()).not.toContain('class="notice')

    const other = openStranger()
    expect((await other.get(`/console/sign-in?link=${link}`)).status).toBe(403)
    expect((await other.post('/console/sign-in', { link })).status).toBe(403)
    expect(other.cookies.size).toBe(0)
  })

  it('sign_in_link: says how to get another when it has expired, or is none', async () => {
    const link = await createLink()
    await db
      .update(signInLinks)
      .set({ expiresAt: Date.now() - 1 })
      .where(eq(signInLinks.secretHash, await hashSecret(link)))
    for (const one of [link, 'nonsense', '']) {
      const response = await openStranger().get(`/console/sign-in?link=${one}`)
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('gatepost operator sign-in')
    }
  })

  it('is told of where there is none', async () => {
    const page = await (await openStranger().get('/console/sign-in')).text()
    expect(page).toContain('npm run -s gatepost -- operator sign-in')
  })
})

describe('signing out', () => {
  it('ends the session, not only the cookie', async () => {
    const browser = await openOperator()
    const secret = browser.cookies.get('__Host-console')!
    const response = await browser.post('/console/sign-out')
    expect(response.headers.get('location')).toBe('/console/sign-in')
    expect(browser.cookies.has('__Host-console')).toBe(false)
    browser.cookies.set('__Host-console', secret)
    expect((await browser.get('/console/tenants')).headers.get('location')).toBe('/console/sign-in')
  })

  it('is no business of a session of a login', async () => {
    const browser = await openOperator()
    await browser.post('/logout')
    expect((await browser.get('/console/tenants')).status).toBe(200)
  })
})

describe('a failure of ours', () => {
  it('internal: is shown by the app, and says nothing of what went wrong', async () => {
    const broken = {
      prepare: () => {
        throw new Error('secret detail')
      },
    }
    for (const [path, cookie] of [
      ['/console/tenants', '__Host-console'],
      ['/setup', '__Host-setup'],
    ] as const) {
      const environment = { ...env, DB: broken as unknown as D1Database }
      const browser = openBrowser(environment)
      browser.cookies.set(cookie, 'x'.repeat(43))
      const response = await browser.get(path)
      expect([path, response.status]).toEqual([path, 500])
      expect(await response.text()).not.toContain('secret detail')
    }
  })
})
