import { describe, expect, it } from 'vitest'
import { env } from 'cloudflare:workers'
import { createApp } from '../../src/app.ts'
import { CATALOGUE } from '../../src/errors.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { as, attemptCode, createWorld } from '../support/world.ts'
import { askApp } from '../support/ask-app.ts'

describe('an error page', () => {
  it('is the same for every trust check, but for its reference', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const pages = new Set<string>()
    const codes = new Set<string>()
    for (const answer of [
      { sign: [] },
      { audiences: [['https://other.example']] },
      { nameID: null },
      { notOnOrAfter: Date.now() - 600_000 },
      { destination: 'https://other.example/acs' },
    ]) {
      const { arrived } = await world.login('alice@tenant.example', answer)
      expect(arrived.status).toBe(403)
      codes.add((await attemptCode(arrived))!)
      const page = await arrived.text()
      pages.add(page.replaceAll(/(?:AT|RQ)[0-9a-f]{32}|nonce="[^"]+"|login=[\w-]{24}/g, ''))
    }
    expect(codes.size).toBe(5)
    expect(pages.size).toBe(1)
    const [page] = pages
    expect(page).toContain('Your sign-in was not accepted')
    expect(page).toContain('help@tenant.example')
    expect(page).toContain(`/sso/${world.connectionSid}`)
  })

  it('never shows errors that only administrators may read', async () => {
    for (const [code, entry] of Object.entries(CATALOGUE))
      if (entry.audience === 'admin') expect([code, entry.status]).toEqual([code, 403])
  })

  it('not_configured: shows no detail', async () => {
    const { connectionSid } = await createWorld()
    for (const [path, settings] of [
      ['/', { ORIGIN: '' }],
      ['/', { ORIGIN: 'http://sso.vendor.example' }],
      ['/', { ORIGIN: 'https://sso.vendor.example/' }],
      ['/', { LOGIN_SECRET: '' }],
      ['/login', { LOGIN_SECRET: btoa('x'.repeat(31)) }],
      ['/login', { LOGIN_SECRET_PREVIOUS: '%' }],
      // Keys are looked at where one is needed.
      [`/sso/${connectionSid}`, { SP_PRIVATE_KEY: '' }],
      [`/saml/${connectionSid}/metadata`, { SP_CERTIFICATE: 'AAAA' }],
    ] as const) {
      const response = await askApp(createApp(), path, {}, { ...env, ...settings })
      expect(response.status).toBe(503)
      const page = await response.text()
      expect(page).toContain('This deployment is not set up yet')
      expect(page).not.toMatch(/SP_|LOGIN_SECRET|ORIGIN is|must be https/)
    }
  })

  it('internal: shows no cause', async () => {
    const broken = {
      prepare: () => {
        throw new Error('secret detail')
      },
    }
    const response = await askApp(
      createApp(),
      `/sso/CN${'0'.repeat(32)}`,
      {},
      { ...env, DB: broken as unknown as D1Database },
    )
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret detail')
  })
})

describe('every answer', () => {
  it('has the headers that keep it safe', async () => {
    for (const path of ['/', '/health', '/nowhere', '/logout', '/login/finish?code=x']) {
      const { headers } = await openBrowser().get(path)
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('strict-origin')
    }
  })
})

describe('return_to', () => {
  it.each(['/', '/a?b=c#d', 'https://app.vendor.example/x', `${ORIGIN}/y`])(
    'leads to %s',
    async (target) => {
      const world = await createWorld()
      await world.addUser('alice@tenant.example')
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(
        browser,
        `?return_to=${encodeURIComponent(target)}`,
      )
      const message = await world.idp(requestID).respond(as('alice@tenant.example'))
      const arrived = await world.deliver(browser, message, relayState)
      const finished = await browser.get(arrived.headers.get('location')!)
      expect(finished.headers.get('location')).toBe(new URL(target, ORIGIN).href)
    },
  )
})
