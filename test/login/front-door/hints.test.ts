// What the IdP is told beforehand, and who counts as one client.
import { expect, it } from 'vitest'
import { clientOf } from '../../../src/platform/network/client-address.ts'
import { addLoginHint } from '../../../src/login/login-hint.ts'
import { openBrowser } from '../../support/browser.ts'
import { createWorld } from '../../support/world.ts'

it('the hint goes to the IdPs that listen, beside the message', () => {
  const url = 'https://login.example/saml2?SAMLRequest=x'
  expect(addLoginHint(url, 'entra-id', 'a+b@x.example')).toBe(`${url}&login_hint=a%2Bb%40x.example`)
  expect(addLoginHint('https://x.example/', 'auth0', 'a@x.example')).toBe(
    'https://x.example/?login_hint=a%40x.example',
  )
  expect(addLoginHint(url, 'generic', 'a@x.example')).toBe(url)
  expect(addLoginHint(url, 'entra-id', undefined)).toBe(url)
})

it('the hint of a login is an e-mail or nothing, by redirect and by post', async () => {
  const world = await createWorld({ connection: { preset: 'entra-id' } })
  const start = (hint: string) =>
    openBrowser().get(`/sso/${world.connectionSid}?login_hint=${encodeURIComponent(hint)}`)
  const location = new URL((await start('Ann@Tenant.example')).headers.get('location')!)
  expect(location.searchParams.get('login_hint')).toBe('Ann@tenant.example')
  // Behind the signature: what is signed is what it was.
  expect([...location.searchParams.keys()].at(-1)).toBe('login_hint')
  for (const hint of ['ann', 'a@x.example&SAMLRequest=y', 'a@x.example\r\nx: y', ''])
    expect((await start(hint)).headers.get('location')).not.toContain('login_hint')
  const posting = await createWorld({
    connection: { preset: 'entra-id', requestBinding: 'HTTP-POST' },
  })
  const page = await openBrowser().get(
    `/sso/${posting.connectionSid}?login_hint=ann@tenant.example`,
  )
  expect(await page.text()).toContain(
    'action="https://idp.tenant.example/sso?login_hint=ann%40tenant.example"',
  )
})

it('a client is an IPv4 address or an IPv6 network', () => {
  for (const [address, client] of [
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:9::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    [undefined, 'unknown'],
  ] as const)
    expect(clientOf(address)).toBe(client)
})
