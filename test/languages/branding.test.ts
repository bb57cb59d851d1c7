// Name, colour and help page of a tenant, or else of the deployment, on pages and in mails.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createSetupLink } from '../../src/access/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { openMail } from '../../src/mail/open-mail.ts'
import { accentOf } from '../../src/platform/accent.ts'
import { writeMail } from '../../src/mail/write.ts'
import { TEMPLATES } from '../../src/mail/templates/templates.ts'
import { askApp } from '../support/ask-app.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { followLink } from '../support/setup-link.ts'
import { as, createWorld } from '../support/world.ts'

const OWN = {
  productName: 'Acme Cloud',
  // Too light for white paper.
  accentColor: '#ffcc00',
  helpURL: 'https://help.acme.example/sign-in',
}
const SETTINGS = {
  ...env,
  PRODUCT_NAME: 'Vendor',
  ACCENT_COLOR: '#1F5FBF',
  HELP_URL: 'https://help.vendor.example/',
  SUPPORT_CONTACT: 'support@vendor.example',
}

async function brandedWorld() {
  const world = await createWorld()
  good(await editTenant(request(), world.tenantSid, OWN))
  return world
}

describe('a deployment', () => {
  it('has its name, colour, help page and support contact on pages without a tenant', async () => {
    const page = await askApp(createApp(), `${ORIGIN}/login`, {}, SETTINGS)
    const html = await page.text()
    expect(html).toContain('<header>Vendor</header>')
    expect(html).toContain(':root { --accent: #1f5fbf }')
    expect(html).toContain('href="https://help.vendor.example/"')
    const missing = await askApp(createApp(), `${ORIGIN}/nothing`, {}, SETTINGS)
    expect(await missing.text()).toContain('mailto:support@vendor.example')
  })

  it.each(['red', '#fff', '#1f5fbf}', 'url(x)'])('refuses the colour %s', async (color) => {
    const page = await askApp(createApp(), `${ORIGIN}/login`, {}, { ...env, ACCENT_COLOR: color })
    expect(page.status).toBe(503)
  })
})

describe('a tenant', () => {
  it('has its own on error pages of its connection', async () => {
    const world = await brandedWorld()
    const { arrived } = await world.login('nobody@tenant.example', as('nobody@tenant.example'))
    const html = await arrived.text()
    expect(html).toContain('<header>Acme Cloud</header>')
    expect(html).toContain(`:root { --accent: ${accentOf(OWN.accentColor).light} }`)
    expect(html).toContain(`:root { --accent: ${accentOf(OWN.accentColor).dark} }`)
    expect(html).toContain(`href="${OWN.helpURL}"`)
    // Nothing of another site is loaded.
    expect(arrived.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(html).not.toMatch(/<img|src="http|<link/)
  })

  it('has its own on the pages of a session and after it', async () => {
    const world = await brandedWorld()
    await world.addUser('ann@tenant.example')
    const { browser } = await world.login('ann@tenant.example')
    for (const page of [await browser.get('/'), await browser.post('/logout')])
      expect(await page.text()).toContain('<header>Acme Cloud</header>')
  })

  it('has its own in the portal', async () => {
    const world = await brandedWorld()
    const link = { name: 'Ann', capabilities: ['configure'] as const, expiresInMinutes: 60 }
    const { secret } = good(await createSetupLink(request(), world.connectionSid, link))
    const browser = openBrowser()
    await followLink(browser, secret)
    const html = await (await browser.get('/setup')).text()
    expect(html).toContain('<b>Acme Cloud</b>')
    expect(html).toContain('<link rel="stylesheet" href="/assets/accent-ffcc00.css"/>')
    expect(html).toContain(`href="${OWN.helpURL}"`)
    const style = await browser.get('/assets/accent-ffcc00.css')
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(await style.text()).toContain(accentOf('#ffcc00').light)
    expect((await browser.get('/assets/accent-red.css')).status).toBe(404)
  })

  it('has its own in mails to its people, and none in those to operators', () => {
    const config = { origin: ORIGIN, productName: 'Vendor' }
    const at = {
      ...openMail({}, config),
      tenant: { sid: 'TN1', name: 'Acme', supportContact: null, ...OWN },
      connection: null,
    }
    const { example } = TEMPLATES.test_invitation
    const write = (role: 'person' | 'operator') =>
      writeMail(
        'test_invitation',
        example,
        { ...at, receiver: { name: 'Ann', role } },
        { address: 'a@b.example' },
      )
    const mail = write('person')
    expect(mail.subject).toContain('Acme Cloud')
    expect(mail.html).toContain(`background:${accentOf(OWN.accentColor).light}`)
    expect(mail.html).not.toContain('<img')
    expect(mail.text).toContain(`Help page: ${OWN.helpURL}`)
    expect(write('operator').subject).toContain('Vendor')
  })

  it.each([
    [{ accentColor: 'red' }, 'accentColor'],
    [{ accentColor: '#1F5FBF' }, 'accentColor'],
    [{ helpURL: 'http://help.example' }, 'helpURL'],
    [{ helpURL: 'javascript:alert(1)' }, 'helpURL'],
    [{ productName: 'x'.repeat(61) }, 'productName'],
  ])('refuses %o', async (edit, field) => {
    const { tenantSid } = await createWorld()
    const refused = await editTenant(request(), tenantSid, edit)
    expect(refused).toMatchObject({ ok: false, error: { field } })
  })
})
