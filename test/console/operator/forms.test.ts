// What forms do when something is wrong: say so beside the field, keep what was entered, and change
// nothing.
import { beforeAll, describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../../src/console/operator/routes.tsx'
import { setupRoutes } from '../../../src/console/portal/routes.tsx'
import { editConnection, getConnection } from '../../../src/connections/operations.ts'
import { listEvents } from '../../../src/events/operations.ts'
import type { Browser } from '../../support/browser.ts'
import { pemOf } from '../../support/keys.ts'
import { ALL, good, request } from '../../support/request.ts'
import { landedAt } from '../../support/landed-at.ts'
import { fill } from './connection-table.ts'
import {
  createCustomer,
  formData,
  hidden,
  metadata,
  METADATA_URL,
  openLink,
  openOperator,
  type Customer,
} from './admins.ts'
import { errorOf } from './error-of.ts'
import { routesOf } from './routes-of.ts'

let browser: Browser
let customer: Customer
let base: string
beforeAll(async () => {
  browser = await openOperator()
  customer = await createCustomer()
  base = `/console/connections/${customer.connectionSid}`
})

const connectionNow = async () => good(await getConnection(request(), customer.connectionSid))
const countEvents = async () =>
  good(await listEvents(request(), { subjectSid: customer.connectionSid }, ALL)).items.length

describe('a post from elsewhere', () => {
  it('not_same_site: is refused on every route, and changes nothing', async () => {
    const link = await openLink(customer)
    const before = [await connectionNow(), await countEvents()]
    for (const [app, prefix, visitor] of [
      [consoleRoutes, '/console', browser],
      [setupRoutes, '/setup', link],
    ] as const)
      for (const route of routesOf(app).filter((one) => one.startsWith('POST')))
        for (const origin of ['https://evil.example', 'null', undefined]) {
          const path = prefix + fill(route.split(' ')[1]!, customer)
          const response = await visitor.sendAs(path, {
            method: 'POST',
            headers: {
              'content-type': 'application/x-www-form-urlencoded',
              ...(origin && { origin }),
            },
            body: 'name=x&plan=standard&preset=okta&event=suspend',
          })
          expect([route, origin, response.status]).toEqual([route, origin, 403])
          expect(await response.text()).toContain('This form was sent from another site')
        }
    expect([await connectionNow(), await countEvents()]).toEqual(before)
  })
})

describe('wrong input', () => {
  it('is named beside the field, and what was entered is kept', async () => {
    const response = await browser.upload(
      `${base}/fields`,
      formData({
        entityID: 'urn:kept:identifier',
        ssoRedirectURL: 'http://plain.example/sso',
        certificate: '',
      }),
    )
    expect(response.status).toBe(400)
    const page = await response.text()
    expect(errorOf(page, 'ssoRedirectURL')).toEqual({
      isMarked: true,
      isDescribed: true,
      isInSummary: true,
      says: expect.stringContaining('The URL is not valid'),
    })
    expect(errorOf(page, 'entityID').isMarked).toBe(false)
    expect(page).toContain('value="urn:kept:identifier"')
    expect(page).toContain('value="http://plain.example/sso"')
    expect(page).toContain('<title>Error: ')
    expect((await connectionNow()).entityID).toBe('https://idp.customer.example/id')
  })

  const cases: Record<string, [string, Record<string, string>, string, string]> = {
    'a tenant without a name': [
      '/console/tenants',
      { name: '', plan: 'enterprise' },
      'name',
      'Enter 1 to 200 characters',
    ],
    'a metadata URL that does not answer': [
      'BASE/metadata-url',
      { url: 'https://nowhere.example/metadata' },
      'url',
      'The URL does not answer',
    ],
    'a setup link for nobody': [
      'BASE/setup-links',
      { expiresInMinutes: '60' },
      'name',
      'Enter 1 to 100 characters',
    ],
    'a setup link for ever': [
      'BASE/setup-links',
      { name: 'ann', expiresInMinutes: '999999' },
      'expiresInMinutes',
      'Choose 5 minutes to 30 days',
    ],
    'an API key for ever': [
      '/console/keys/api-keys',
      { name: 'script', role: 'admin', expiresInDays: '9999' },
      'expiresInDays',
      'Choose 1 to 365 days',
    ],
    'a user whom nobody knows': [
      'BASE/users',
      { email: 'stranger@elsewhere.example', method: 'sso_enabled' },
      'email',
      'Enter the login e-mail of a user',
    ],
  }
  for (const [name, [path, form, field, says]] of Object.entries(cases))
    it(`input: ${name}`, async () => {
      const response = await browser.post(path.replace('BASE', base), form)
      expect(response.status).toBe(400)
      const page = await response.text()
      expect(errorOf(page, field)).toMatchObject({ isMarked: true, isInSummary: true })
      expect(errorOf(page, field).says).toContain(says)
    })

  it('certificate_private_key: is never shown again', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----'
    const response = await browser.upload(`${base}/certificates`, formData({ certificate: key }))
    const page = await response.text()
    expect(errorOf(page, 'certificate').says).toContain('treat it as leaked')
    expect(page).not.toContain('c2VjcmV0')
    const fields = await browser.upload(`${base}/fields`, formData({ certificate: key }))
    expect(await fields.text()).not.toContain('c2VjcmV0')
    const source = { url: METADATA_URL, signingCertificate: key }
    for (const shown of [
      await browser.post(`${base}/metadata-source`, source),
      await browser.upload(`${base}/metadata`, formData({ metadata: key })),
      await browser.upload(`${base}/metadata`, formData({ file: new Blob([key]) })),
    ]) {
      expect(shown.status).toBe(400)
      expect(await shown.text()).not.toContain('c2VjcmV0')
    }
  })

  it('input: a change that no preview has made', async () => {
    for (const change of ['', '{}', '[]', '{"way":"elsewhere"}'])
      expect((await browser.post(`${base}/save`, { change, version: '1' })).status).toBe(400)
    expect((await browser.post(`${base}/state`, { event: 'break_trust' })).status).toBe(400)
  })
})

describe('metadata', () => {
  it('is shown before it is saved, and saved as it was shown', async () => {
    const fresh = await createCustomer()
    const path = `/console/connections/${fresh.connectionSid}`
    const text = metadata({ entityID: 'urn:fresh' })
    const preview = await browser.upload(`${path}/metadata`, formData({ metadata: text }))
    expect(preview.status).toBe(200)
    const page = await preview.text()
    expect(page).toContain('urn:fresh')
    expect(good(await getConnection(request(), fresh.connectionSid)).entityID).not.toBe('urn:fresh')
    const form = { change: hidden(page, 'change'), version: hidden(page, 'version') }
    const saved = await browser.post(`${path}/save`, form)
    expect(landedAt(saved)).toBe(`${path} (saved)`)
    expect(good(await getConnection(request(), fresh.connectionSid)).entityID).toBe('urn:fresh')
    const of = { subjectSid: fresh.connectionSid }
    const trail = good(await listEvents(request(), of, ALL)).items
    const event = trail.find(({ type }) => type !== 'turn.began')
    expect(event!.type).toBe('connection.metadata_imported')
  })

  it('is taken from a file, shows certificates in full, and checks URLs', async () => {
    const file = new Blob([metadata({ entityID: 'urn:file' })])
    const page = await (await browser.upload(`${base}/metadata`, formData({ file }))).text()
    expect(page).toContain('urn:file')
    const more = await browser.upload(
      `${base}/certificates`,
      formData({ certificate: pemOf('p256') }),
    )
    const shown = await more.text()
    expect(shown).toContain('EC P-256')
    expect(shown).toContain('Fingerprint (SHA-256)')
    const wrong = metadata().replace('idp.customer.example/sso', 'nowhere.example/sso')
    const unreached = await browser.upload(`${base}/metadata`, formData({ metadata: wrong }))
    expect(await unreached.text()).toContain('does not answer')
  })

  it('keeps its URL where that is wanted', async () => {
    const preview = await browser.post(`${base}/metadata-url`, { url: METADATA_URL })
    const page = await preview.text()
    const form = { change: hidden(page, 'change'), version: hidden(page, 'version') }
    const saved = await browser.post(`${base}/save`, { ...form, keep: 'true' })
    expect(landedAt(saved)).toBe(`${base} (metadata_url_saved)`)
    expect(await (await browser.get(`${base}/metadata-source`)).text()).toContain(METADATA_URL)
  })

  it('metadata_several_entities: asks which', async () => {
    const body = (id: string) => metadata({ entityID: id }).replace('<?xml version="1.0"?>', '')
    const several = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${body('urn:one')}${body('urn:two')}</EntitiesDescriptor>`
    const asked = await browser.upload(`${base}/metadata`, formData({ metadata: several }))
    expect(asked.status).toBe(400)
    const page = await asked.text()
    expect(page).toMatch(/<select[^>]* id="entityID"/)
    expect(page).toContain('<option value="urn:two"')
    const form = formData({ metadata: several, entityID: 'urn:two' })
    expect(await (await browser.upload(`${base}/metadata`, form)).text()).toContain('urn:two')
  })

  it('takes a certificate as a DER file', async () => {
    const der = Uint8Array.from(
      atob(pemOf('p384').replaceAll(/-----[^-]+-----|\s/g, '')),
      (character) => character.charCodeAt(0),
    )
    const form = formData({ certificateFile: new Blob([der]) })
    expect(await (await browser.upload(`${base}/certificates`, form)).text()).toContain('EC P-384')
  })
})

describe('too much', () => {
  it('body_too_large: a form of text', async () => {
    const response = await browser.post('/console/tenants', { name: 'x'.repeat(70_000) })
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('The form is too large')
  })

  it('certificates of more than 64 KiB', async () => {
    for (const bytes of [70_000, 200_000]) {
      const form = formData({ certificateFile: new Blob([new Uint8Array(bytes)]) })
      const response = await browser.upload(`${base}/certificates`, form)
      expect(response.status).toBe(400)
      expect(errorOf(await response.text(), 'certificateFile').says).toContain('at most 64 KiB')
    }
  })

  it('metadata_too_large: more than 20 MiB', async () => {
    const file = new Blob([new Uint8Array(20 * 1024 * 1024 + 70_000)])
    const response = await browser.upload(`${base}/metadata`, formData({ file }))
    expect(response.status).toBe(400)
    expect(errorOf(await response.text(), 'file').says).toContain('The metadata is too large')
  })

  it('content_type: what is no form', async () => {
    const response = await browser.sendAs('/console/tenants', {
      method: 'POST',
      headers: { origin: 'https://sso.vendor.example', 'content-type': 'application/json' },
      body: '{"name":"x"}',
    })
    expect(response.status).toBe(415)
  })
})

describe('a change by somebody else meanwhile', () => {
  it('revision_changed: settings show how they are now, and overwrite nothing', async () => {
    const version = hidden(await (await browser.get(`${base}/settings`)).text(), 'version')
    const edit = { fields: { name: 'Renamed by another' } }
    good(await editConnection(request(), customer.connectionSid, edit))
    const response = await browser.post(`${base}/settings`, {
      version,
      name: 'Renamed by me',
      requestBinding: 'HTTP-Redirect',
      idpInitiated: 'restart',
      newcomers: 'password',
      newcomersPerHour: '',
      clockSkewSeconds: '60',
    })
    expect(response.status).toBe(412)
    const page = await response.text()
    expect(page).toContain('Someone else changed this in the meantime')
    expect(page).toContain('value="Renamed by another"')
    expect(page).toContain('Renamed by me')
    expect((await connectionNow()).name).toBe('Renamed by another')
    expect(hidden(page, 'version')).not.toBe(version)
  })

  it('revision_changed: a preview is shown again as it would be now', async () => {
    const form = formData({ metadata: metadata({ entityID: 'urn:mine' }) })
    const page = await (await browser.upload(`${base}/metadata`, form)).text()
    const edit = { fields: { entityID: 'urn:theirs' } }
    good(await editConnection(request(), customer.connectionSid, edit))
    const again = await browser.post(`${base}/save`, {
      change: hidden(page, 'change'),
      version: hidden(page, 'version'),
    })
    expect(again.status).toBe(412)
    const shown = await again.text()
    expect(shown).toContain('urn:theirs'.slice(4))
    expect((await connectionNow()).entityID).toBe('urn:theirs')
    const saved = await browser.post(`${base}/save`, {
      change: hidden(shown, 'change'),
      version: hidden(shown, 'version'),
    })
    expect(saved.status).toBe(303)
    expect((await connectionNow()).entityID).toBe('urn:mine')
  })
})

describe('secrets', () => {
  it('are in the answer that makes them, and nowhere else', async () => {
    const tenant = `/console/tenants/${customer.tenantSid}`
    for (const [path, form, pages] of [
      [`${tenant}/api-keys`, { name: 'nightly', role: 'admin', expiresInDays: '30' }, [tenant]],
      [
        '/console/keys/api-keys',
        { name: 'nightly', role: 'admin', expiresInDays: '30' },
        ['/console/keys'],
      ],
      [
        `${base}/setup-links`,
        { name: 'ann', expiresInMinutes: '60' },
        [`${base}/setup-links`, base],
      ],
    ] as const) {
      const made = await browser.post(path, form)
      expect(made.status).toBe(200)
      const secret = /id="secret"[^>]*>([^<]+)</.exec(await made.text())?.[1]?.trim() ?? ''
      expect(secret).toMatch(/(?:gp_|\/setup\/)[A-Za-z0-9_-]{43}$/)
      for (const page of [...pages, '/console/audit', `${base}/history`])
        expect(await (await browser.get(page)).text()).not.toContain(secret.slice(-43))
    }
  })
})

describe('a number that may be left out', () => {
  it.each([
    ['90', 303, 90],
    ['', 303, null],
    ['an hour', 400, null],
    ['0', 400, null],
    ['525601', 400, null],
  ])('of %j is answered by %i', async (text, status, saved) => {
    const version = hidden(await (await browser.get(`${base}/settings`)).text(), 'version')
    const response = await browser.post(`${base}/settings`, {
      version,
      name: 'Single sign-on',
      requestBinding: 'HTTP-Redirect',
      idpInitiated: 'restart',
      newcomers: 'password',
      newcomersPerHour: '',
      clockSkewSeconds: '60',
      maximumAuthnAgeMinutes: text,
    })
    expect(response.status).toBe(status)
    if (status === 400) expect(await response.text()).toContain('1 to 525,600 minutes')
    expect((await connectionNow()).maximumAuthnAgeMinutes).toBe(saved)
  })
})

describe('markup in values', () => {
  const EVIL = '"><script>alert(1)</script>\'&'
  const expectEscaped = (page: string) => {
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('alert(1)')
  }

  it('stays text, wherever it is shown', async () => {
    const made = await browser.post('/console/tenants', {
      name: EVIL,
      plan: 'enterprise',
      supportContact: EVIL,
      customerChanges: 'wait',
      afterSignOut: 'customer_page',
      massDeactivation: '10',
      language: 'en',
    })
    const tenant = made.headers.get('location')!.split('?')[0]!
    const created = await browser.post(`${tenant}/connections`, { name: EVIL })
    const path = created.headers.get('location')!.split('?')[0]!
    const connectionSid = path.split('/').at(-1)!
    const settings = hidden(await (await browser.get(`${path}/settings`)).text(), 'version')
    const saved = await browser.post(`${path}/settings`, {
      version: settings,
      name: EVIL,
      requestBinding: 'HTTP-Redirect',
      idpInitiated: 'restart',
      newcomers: 'password',
      newcomersPerHour: '',
      clockSkewSeconds: '60',
      email: EVIL,
      nameIDFormat: EVIL,
      requestedAuthnContext: EVIL.replaceAll(' ', ''),
    })
    expect(saved.status).toBe(303)
    good(await editConnection(request(), connectionSid, { fields: { entityID: EVIL } }))
    await browser.post(`${path}/setup-links`, { name: EVIL, expiresInMinutes: '60' })
    await browser.post(`${tenant}/api-keys`, { name: EVIL, role: 'admin', expiresInDays: '30' })
    for (const page of [
      tenant,
      `${tenant}/edit`,
      `${tenant}/connections/new`,
      path,
      `${path}/settings`,
      `${path}/fields`,
      `${path}/metadata`,
      `${path}/certificates`,
      `${path}/setup-links`,
      `${path}/history`,
      '/console/tenants',
      '/console/connections',
      '/console/audit',
    ])
      expectEscaped(await (await browser.get(page)).text())

    const link = await openLink({ connectionSid })
    for (const page of ['/setup', '/setup/settings', '/setup/history', '/setup/fields'])
      expectEscaped(await (await link.get(page)).text())
  })

  it('stays text in what is sent back', async () => {
    const query = encodeURIComponent(EVIL)
    for (const path of [`/console/tenants?search=${query}`])
      expectEscaped(await (await browser.get(path)).text())
    expectEscaped(await (await browser.post('/console/tenants', { name: EVIL, plan: EVIL })).text())
    expectEscaped(await (await browser.post(`${base}/metadata-url`, { url: EVIL })).text())
    for (const form of [{ metadata: EVIL }, { metadata: metadata(), entityID: EVIL }])
      expectEscaped(await (await browser.upload(`${base}/metadata`, formData(form))).text())
    for (const form of [{ ssoPostURL: EVIL }, { certificate: EVIL }])
      expectEscaped(await (await browser.upload(`${base}/fields`, formData(form))).text())
    const preview = formData({ entityID: EVIL })
    expectEscaped(await (await browser.upload(`${base}/fields`, preview)).text())
    for (const notice of [EVIL, 'constructor', '__proto__']) {
      browser.cookies.set('__Host-notice', encodeURIComponent(notice))
      expect(await (await browser.get('/console/tenants')).text()).not.toContain('class="notice')
    }
  })

  it('has no style attribute, and nothing inline that its policy would have to allow', async () => {
    const missing = await browser.get('/console/nowhere')
    const paths = ['/console/tenants', base, `${base}/settings`, '/console/keys']
    for (const response of [missing, ...(await Promise.all(paths.map((at) => browser.get(at))))]) {
      expect(response.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self';/,
      )
      const page = await response.text()
      expect(page).not.toMatch(/ style="|<style|<script(?! src=)/)
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
  })
})
