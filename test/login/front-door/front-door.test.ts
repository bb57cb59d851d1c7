// The front door: who is sent where, and what a stranger learns.
import { env } from 'cloudflare:workers'
import { describe, expect, it, beforeEach } from 'vitest'
import { createApp } from '../../../src/app.ts'
import type { Env } from '../../../src/env.ts'
import { CATALOGUE } from '../../../src/errors.ts'
import { openBrowser, ORIGIN } from '../../support/browser.ts'
import { createWorld, type World } from '../../support/world.ts'
import { askApp } from '../../support/ask-app.ts'

const APP = 'https://app.vendor.example'
const PASSWORD_PAGE = `${APP}/password?from=sso`
const app = createApp()

let world: World
let client = 0
beforeEach(async () => {
  world = await createWorld()
})

type Settings = { origin?: string | null; address?: string; env?: Partial<Env> }

/** A post of the form, by default from an address of its own. */
function post(fields: Record<string, string>, settings: Settings = {}) {
  const origin = settings.origin === undefined ? ORIGIN : settings.origin
  return askApp(
    app,
    `${ORIGIN}/login`,
    {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'cf-connecting-ip': settings.address ?? `198.51.${client++ >> 8}.${client & 255}`,
        ...(origin !== null && { origin }),
      },
    },
    { ...env, PASSWORD_LOGIN_URL: PASSWORD_PAGE, ...settings.env },
  )
}

/** Status, place and page, without what is another one each time. */
async function seen(response: Response, email: string) {
  const text = await response.text()
  return {
    status: response.status,
    location: response.headers.get('location')?.replace(encodeURIComponent(email), 'EMAIL'),
    page: text.replaceAll(/nonce="[^"]+"/g, '').replaceAll(email, 'EMAIL'),
    headers: [...response.headers.keys()].toSorted(),
  }
}

describe('the front door', () => {
  it('asks for an e-mail, with the hint and return_to of the request', async () => {
    const browser = openBrowser()
    const page = await browser.get('/login')
    expect(page.status).toBe(200)
    const text = await page.text()
    expect(text).toContain('<form method="post" action="/login">')
    expect(text).not.toContain('return_to')
    expect(page.headers.get('content-security-policy')).toMatch(/form-action 'self' https:(?:;|$)/)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const query = `login_hint=${encodeURIComponent('"><b>@x')}&return_to=${encodeURIComponent(`${APP}/a?b="c`.replaceAll('"', '%22'))}`
    const hinted = await (await browser.get(`/login?${query}`)).text()
    expect(hinted).toContain('value="&quot;&gt;&lt;b&gt;@x"')
    expect(hinted).toContain(`name="return_to" value="${APP}/a?b=%22c"`)
    expect(hinted).not.toContain('<script')
  })

  it('sends an enforced user on to the IdP, with hint and return_to', async () => {
    await world.addUser('must@tenant.example', { signInMethod: 'sso_enforced' })
    const returnTo = `${APP}/page?x=1&y=2`
    const response = await post({ email: ' Must@Tenant.example ', return_to: returnTo })
    expect(response.status).toBe(303)
    const location = new URL(response.headers.get('location')!, ORIGIN)
    expect(location.origin + location.pathname).toBe(`${ORIGIN}/sso/${world.connectionSid}`)
    expect(Object.fromEntries(location.searchParams)).toEqual({
      login_hint: 'Must@tenant.example',
      return_to: returnTo,
    })
    const begun = await openBrowser().get(location.pathname + location.search)
    expect(begun.status).toBe(302)
    expect(begun.headers.get('location')).toContain('https://idp.tenant.example/sso?SAMLRequest=')
  })

  it('lets an enabled user choose, without a script', async () => {
    await world.addUser('may@tenant.example')
    const response = await post({ email: 'may@tenant.example', return_to: '/' })
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toContain(
      `href="/sso/${world.connectionSid}?login_hint=may%40tenant.example&amp;return_to=%2F"`,
    )
    expect(text).toContain(
      `href="${PASSWORD_PAGE}&amp;login_hint=may%40tenant.example&amp;return_to=%2F"`,
    )
    expect(text).not.toContain('<script')
    const without = await post({ email: 'may@tenant.example' }, { env: { PASSWORD_LOGIN_URL: '' } })
    expect(await without.text()).toContain('Your password still works too')
  })

  it.each([
    ['the app’s page', PASSWORD_PAGE],
    ['a page of its own', ''],
  ])(
    'answers alike for all who have a password, and all who do not exist: with %s',
    async (_, url) => {
      const other = await createWorld()
      await world.addUser('off@tenant.example', { signInMethod: 'password' })
      await world.addUser('gone@tenant.example', { signInMethod: 'sso_enforced', suspendedAt: 1 })
      await other.addUser('off@other.example', { signInMethod: 'password' })
      const answers = []
      for (const email of [
        'who@tenant.example',
        'off@tenant.example',
        'gone@tenant.example',
        'off@other.example',
        'who@no.example',
      ])
        answers.push(await seen(await post({ email }, { env: { PASSWORD_LOGIN_URL: url } }), email))
      for (const answer of answers) expect(answer).toEqual(answers[0])
      if (url)
        expect(answers[0]).toMatchObject({
          status: 303,
          location: `${PASSWORD_PAGE}&login_hint=EMAIL`,
        })
      else expect(answers[0]).toMatchObject({ status: 200, location: undefined })
    },
  )

  it('asks again after an invalid e-mail, and shows it as text', async () => {
    for (const email of [
      '',
      'ann',
      'ann@',
      'a@b@c.example',
      'ünn@x.example',
      '<b>@x.example',
      'x'.repeat(5000),
    ]) {
      const response = await post({ email })
      expect(response.status, email.slice(0, 20)).toBe(400)
      const text = await response.text()
      expect(text).toContain('role="alert"')
      expect(text).not.toContain('<b>')
      expect(text.length).toBeLessThan(10_000)
    }
  })

  it('follows no return_to that is not on the list', async () => {
    for (const target of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      `${APP}.evil.example/`,
      'https://app.vendor.example@evil.example/',
    ]) {
      const response = await post({ email: 'a@x.example', return_to: target })
      expect([response.status, response.headers.get('location')], target).toEqual([400, null])
      const shown = await openBrowser().get(`/login?return_to=${encodeURIComponent(target)}`)
      expect(shown.status, target).toBe(400)
    }
  })

  it('takes no post from elsewhere', async () => {
    await world.addUser('must@tenant.example', { signInMethod: 'sso_enforced' })
    for (const origin of ['https://evil.example', 'null', APP, null]) {
      const response = await post({ email: 'must@tenant.example' }, { origin })
      expect([response.status, response.headers.get('location')]).toEqual([403, null])
    }
    const wrong = await askApp(
      app,
      `${ORIGIN}/login`,
      {
        method: 'POST',
        body: '{}',
        headers: { origin: ORIGIN, 'content-type': 'application/json' },
      },
      env,
    )
    expect(wrong.status).toBe(400)
  })

  it('offers an IdP only while it is open, and the password when it is not', async () => {
    const closed = await createWorld({ connection: { state: 'suspended' } })
    await closed.addUser('must@tenant.example', { signInMethod: 'sso_enforced' })
    const response = await post({ email: 'must@tenant.example' })
    expect(response.headers.get('location')).toMatch(/^https:\/\/app\.vendor\.example\/password/)
  })
})

describe('too many posts', () => {
  /** Posts until one is refused; a minute that ends in between begins the count anew. */
  async function countUntilRefused(
    next: (n: number) => Response | Promise<Response>,
  ): Promise<number> {
    for (let n = 0; n < 300; n++) if ((await next(n)).status === 429) return n
    return Infinity
  }

  it('from one address are refused, and only for that address', async () => {
    const address = '203.0.113.7'
    const busy = { LOGINS_BY_ADDRESS: { limit: async () => ({ success: false }) } as RateLimit }
    expect((await post({ email: 'n0@x.example' }, { address, env: busy })).status).toBe(429)
    expect((await post({ email: 'n0@x.example' })).status).toBe(303)
  })

  it('for one e-mail are refused, and only for that address', async () => {
    const address = '203.0.113.8'
    const email = 'often@x.example'
    const taken = await countUntilRefused(() => post({ email }, { address }))
    expect(taken).toBeGreaterThanOrEqual(10)
    expect(taken).toBeLessThanOrEqual(20)
    expect((await post({ email: 'seldom@x.example' }, { address })).status).toBe(303)
    // A stranger locks nobody out: the owner comes from elsewhere.
    expect((await post({ email })).status).toBe(303)
  })

  it('get a page with a way on, and the time to wait', async () => {
    const busy = { LOGINS_BY_ADDRESS: { limit: async () => ({ success: false }) } as RateLimit }
    const fields = { email: 'ann@x.example', return_to: `${APP}/page` }
    const response = await post(fields, { env: busy })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60'])
    const [, again] = /<a class="button" href="([^"]+)">\s*Start again/.exec(await response.text())!
    const url = new URL(again!.replaceAll('&amp;', '&'), ORIGIN)
    expect(url.pathname).toBe('/login')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      login_hint: 'ann@x.example',
      return_to: `${APP}/page`,
    })
  })

  /** Limits that note what they are asked for. */
  function limits(of: { address: boolean; email: boolean }) {
    const keys: string[] = []
    const limit = (success: boolean) =>
      ({
        async limit({ key }: { key: string }) {
          keys.push(key)
          return { success }
        },
      }) as RateLimit
    const bindings = {
      LOGINS_BY_ADDRESS: limit(of.address),
      LOGINS_BY_ADDRESS_AND_EMAIL: limit(of.email),
    }
    return { keys, env: bindings }
  }

  it('have one answer for existing and unknown people', async () => {
    await world.addUser('must@tenant.example', { signInMethod: 'sso_enforced' })
    await world.addUser('may@tenant.example')
    for (const of of [
      { address: false, email: true },
      { address: true, email: false },
    ]) {
      const answers = []
      for (const email of ['must@tenant.example', 'may@tenant.example', 'who@x.example', 'no']) {
        const response = await post({ email }, { env: limits(of).env })
        const text = await response.text()
        answers.push([
          response.status,
          response.headers.get('retry-after'),
          text
            .replaceAll(/nonce="[^"]+"|(?:AT|RQ)[0-9a-f]{32}/g, '')
            .replaceAll(`login_hint=${encodeURIComponent(email)}`, 'HINT'),
        ])
      }
      expect(answers[0]!.slice(0, 2)).toEqual([429, '60'])
      for (const answer of answers) expect(answer).toEqual(answers[0])
    }
    expect(CATALOGUE['too_many_requests'].status).toBe(429)
  })

  it('are counted by network and by e-mail, however they are written, and no e-mail is stored', async () => {
    const asked = limits({ address: true, email: true })
    for (const [email, address] of [
      ['Ann@x.example', '2001:db8:5:6::1'],
      [' ann@X.example', '2001:db8:5:6:ffff::2'],
    ] as const)
      await post({ email }, { address, env: asked.env })
    expect(asked.keys.toSorted()).toEqual([
      ...Array.from({ length: 2 }, () => expect.stringMatching(/^[\w-]{43}$/)),
      'front door 2001:db8:5:6::/64',
      'front door 2001:db8:5:6::/64',
    ])
    expect(new Set(asked.keys).size).toBe(2)
  })
})

it('a password page that is no https URL is a mistake of the deployment', async () => {
  for (const url of [
    'http://app.vendor.example/',
    'javascript:alert(1)',
    '/login',
    'https://a:b@app.vendor.example/',
  ]) {
    const response = await post({ email: 'a@x.example' }, { env: { PASSWORD_LOGIN_URL: url } })
    expect(response.status, url).toBe(503)
  }
})
