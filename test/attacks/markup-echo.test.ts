// Markup in every field that could be shown again.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { freeze, open } from './harness.ts'

const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;`
const quoted = encodeURIComponent(MARKUP)

/** No tag of the markup has become one of the page. */
async function expectInert(answer: Response): Promise<string> {
  const page = await answer.text()
  expect(page).not.toContain('alert(1)</script>')
  expect(page).not.toContain('<img')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  return page
}

describe('markup-echo', () => {
  freeze()

  it('names and e-mail, on the page of who is signed in', async () => {
    const { world, respond, browser, relayState } = await open({})
    const message = await respond({
      attributes: { email: 'alice@tenant.example', firstName: MARKUP, lastName: `</dd>${MARKUP}` },
    })
    const arrived = await world.deliver(browser, message, relayState)
    await browser.get(arrived.headers.get('location')!)
    const page = await expectInert(await browser.get('/'))
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('the connection’s name and the support contact', async () => {
    const { world, browser, genuine, relayState } = await open({ connection: { name: MARKUP } })
    const arrived = await world.deliver(browser, genuine, relayState)
    await browser.get(arrived.headers.get('location')!)
    await expectInert(await browser.get('/'))
  })

  it('path and query', async () => {
    const { world } = await open({})
    for (const path of [
      `/${quoted}`,
      `/sso/${quoted}`,
      `/saml/${quoted}/metadata`,
      `/sso/${world.connectionSid}?return_to=${quoted}`,
      `/login/finish?code=${quoted}`,
      `${world.acs}?${quoted}=${quoted}`,
    ])
      await expectInert(await openBrowser().get(path))
  })

  it('form fields', async () => {
    const { world, browser, relayState } = await open({})
    for (const fields of [
      { SAMLResponse: MARKUP, RelayState: relayState },
      { SAMLResponse: MARKUP, RelayState: MARKUP },
      { SAMLRequest: MARKUP },
      { [MARKUP]: MARKUP },
    ])
      await expectInert(await browser.postFromElsewhere(world.acs, fields))
  })

  it('what a message says', async () => {
    const { world, respond, browser, relayState } = await open({})
    for (const answer of [
      { status: ['Responder'], statusMessage: MARKUP },
      { status: [`urn:${MARKUP}`] },
      { issuer: MARKUP },
      { destination: MARKUP },
      { inResponseTo: MARKUP },
      { audiences: [[MARKUP]] },
      { nameID: MARKUP },
      { attributes: { [MARKUP]: MARKUP } },
      { notOnOrAfter: MARKUP },
    ])
      await expectInert(await world.deliver(browser, await respond(answer), relayState))
  })
})
