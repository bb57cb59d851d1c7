// Every refusal has a way on: another account, whom to ask, where to begin.
import { describe, expect, it } from 'vitest'
import type { PresetID } from '../../src/connections/presets/preset.ts'
import { PRESETS } from '../../src/connections/presets/presets.ts'
import { contactLink } from '../../src/platform/http/contact-link.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { as, createWorld, type WorldSettings } from '../support/world.ts'

const STRANGER = 'stranger@tenant.example'

/** What the page says after a login as that person, without its markup. */
async function refuse(email: string, settings: WorldSettings = {}, suspended = false) {
  const world = await createWorld(settings)
  await world.addUser('alice@tenant.example')
  await world.addUser('off@tenant.example', { connectionSid: null, signInMethod: 'password' })
  await world.addUser('gone@tenant.example', { suspendedAt: suspended ? 1 : null })
  const browser = openBrowser()
  const begun = await world.begin(browser, '?return_to=/deep')
  const message = await world.idp(begun.requestID).respond(as(email))
  const page = await world.deliver(browser, message, begun.relayState)
  expect(page.status).toBe(403)
  const html = await page.text()
  const links = [...html.matchAll(/<a [^>]*?href="([^"]+)"[^>]*>\s*([^<]+?)\s*<\/a>/g)]
  const linkOf = (label: string) =>
    links.find(([, , text]) => text === label)?.[1]?.replaceAll('&amp;', '&')
  return { world, browser, html, linkOf }
}

describe('“Use another account”', () => {
  it.each([
    ['user_unknown', STRANGER, 'There is no account for you here'],
    ['user_not_enabled', 'off@tenant.example', 'Single sign-on is off for your account'],
  ])(
    '%s: asks the IdP with ForceAuthn and no hint, and keeps the target',
    async (_, email, title) => {
      const { world, browser, html, linkOf } = await refuse(email)
      expect(html).toContain(`<h1>${title}</h1>`)
      expect(html).toContain('sign out at your company’s sign-in page first')
      const link = linkOf('Use another account')!
      expect(link).toMatch(/\/again\?login=[\w-]{24}&other=$/)
      const departure = await world.begin(browser, link.slice(`/sso/${world.connectionSid}`.length))
      expect(departure.xml).toContain('ForceAuthn="true"')
      const message = await world.idp(departure.requestID).respond({
        ...as('alice@tenant.example'),
        authnInstant: Date.now(),
      })
      const arrived = await world.deliver(browser, message, departure.relayState)
      const finished = await browser.get(arrived.headers.get('location')!)
      expect(finished.headers.get('location')).toBe(`${ORIGIN}/deep`)
    },
  )

  const SIGN_OUT: [string, string, string | null][] = [
    [
      'entra-id',
      'https://login.microsoftonline.com/0000/saml2',
      'https://login.microsoftonline.com/common/oauth2/v2.0/logout',
    ],
    [
      'onelogin',
      'https://a.onelogin.com/trust/saml2/http-redirect/sso/1',
      'https://a.onelogin.com/oidc/2/logout',
    ],
    ['auth0', 'https://a.eu.auth0.com/samlp/1', 'https://a.eu.auth0.com/v2/logout'],
    [
      'pingone',
      'https://auth.pingone.eu/1234/saml20/idp/sso',
      'https://auth.pingone.eu/1234/as/signoff',
    ],
    [
      'adfs',
      'https://fs.tenant.example/adfs/ls/',
      'https://fs.tenant.example/adfs/ls/?wa=wsignout1.0',
    ],
    [
      'keycloak',
      'https://kc.tenant.example/realms/a/protocol/saml',
      'https://kc.tenant.example/realms/a/protocol/openid-connect/logout',
    ],
    [
      'shibboleth',
      'https://idp.tenant.example/idp/profile/SAML2/Redirect/SSO',
      'https://idp.tenant.example/idp/profile/Logout',
    ],
    ['okta', 'https://a.okta.com/app/x/1/sso/saml', 'https://a.okta.com/login/signout'],
    ['google-workspace', 'https://accounts.google.com/o/saml2/idp?idpid=C1', null],
    ['jumpcloud', 'https://sso.jumpcloud.com/saml2/x', null],
    ['pingfederate', 'https://ping.tenant.example/idp/SSO.saml2', null],
    ['generic', 'https://idp.tenant.example/sso', null],
  ]
  const nameOf = (preset: string) => PRESETS[preset as PresetID].name
  it.each(SIGN_OUT)(
    'names the product, and where to sign out: %s',
    async (preset, ssoRedirectURL, expected) => {
      const { html, linkOf } = await refuse(STRANGER, {
        connection: { preset, ssoRedirectURL, ssoPostURL: null },
      })
      const named = preset === 'generic' ? 'at your company’s sign-in page' : `of ${nameOf(preset)}`
      const { host } = new URL(ssoRedirectURL)
      const place = expected === null ? '' : ` (${host})`
      expect(html.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ')).toContain(
        `If you come back here, sign out ${named}${place} first`,
      )
      expect(linkOf(host) ?? null).toBe(expected)
    },
  )

  it('is not offered after a message that proves nothing', async () => {
    const world = await createWorld()
    const { arrived } = await world.login(STRANGER, { signature: { key: 'attacker' } })
    expect(await arrived.text()).not.toMatch(/another account|no account/)
  })
})

it('a suspended person is told whom to ask, and that a password does not help', async () => {
  const { html, linkOf } = await refuse('gone@tenant.example', {}, true)
  expect(html).toContain('<h1>Your account is suspended</h1>')
  expect(html).toContain('Ask your administrator')
  expect(html).toContain('cannot sign in, with a password either')
  expect(linkOf('help@tenant.example')).toBe('mailto:help@tenant.example')
  expect(linkOf('Use another account')).toBeUndefined()
})

it.each([
  ['help@tenant.example', 'mailto:help@tenant.example'],
  [' help+sso@tenant.example ', 'mailto:help%2Bsso@tenant.example'],
  ['https://help.tenant.example/sso?a=1', 'https://help.tenant.example/sso?a=1'],
  ['mailto:help@tenant.example', 'mailto:help@tenant.example'],
  ['a?body=x@tenant.example', 'mailto:a%3Fbody%3Dx@tenant.example'],
  ['Call +41 44 000 00 00', undefined],
  ['http://help.tenant.example', undefined],
  ['javascript:alert(1)', undefined],
  ['javascript:a@b.c', undefined],
  ['two@a.example, three@b.example', undefined],
])('the support contact %j has the link %j', (contact, link) => {
  expect(contactLink(contact)).toBe(link)
})

it('an unsolicited login that is refused keeps its target', async () => {
  const world = await createWorld({ connection: { idpInitiated: 'accept' } })
  const message = await world.idp(null).respond(as(STRANGER))
  const target = 'https://app.vendor.example/inbox'
  const page = await world.deliver(openBrowser(), message, target)
  expect(page.status).toBe(403)
  const query = new URLSearchParams({ return_to: target })
  expect(await page.text()).toContain(`href="/sso/${world.connectionSid}?${query}"`)
})

it.each([
  ['/nothing/here', 404],
  [`/sso/CN${'0'.repeat(32)}`, 404],
  ['/oauth2/authorize?client_id=x', 400],
  ['/login?return_to=https://evil.example/', 400],
])('a refusal without a login, %s, leads to the start page', async (path, status) => {
  const page = await openBrowser().get(path)
  expect([page.status, await page.text()]).toEqual([
    status,
    expect.stringMatching(/<a class="button" href="\/">\s*Go to the start page/),
  ])
})

it('a code that nobody knows leads to the front door', async () => {
  const page = await openBrowser().get('/login/finish?code=x')
  expect(page.status).toBe(400)
  expect(await page.text()).toMatch(/href="\/login">\s*Start again/)
})
