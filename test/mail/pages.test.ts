// Setup links by mail, the mail log, and the link that stops mails, in pages.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addContact } from '../../src/mail/contacts/operations.ts'
import { contacts, mailLetters, mails } from '../../src/platform/db/schema.ts'
import { createCustomer, openOperator } from '../console/operator/admins.ts'
import { openBrowser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'

const form = { name: 'Ann', email: 'ann@tenant.example', expiresInMinutes: '60' }

it('shows a setup link’s mail to copy without a sender, and stores its secret nowhere', async () => {
  const { connectionSid } = await createCustomer()
  const browser = await openOperator()
  const path = `/console/connections/${connectionSid}/setup-links`
  const page = await (await browser.post(path, form)).text()
  expect(page).toContain('The mail was not sent. Copy it and send it yourself.')
  const [, secret] = /\/setup\/([\w-]{43})/.exec(page)!
  const letters = JSON.stringify(await db.select().from(mailLetters))
  expect(letters).not.toContain(secret)
  const refused = await browser.post(path, { ...form, email: 'ann@tenant.example, eve@x.example' })
  expect(refused.status).toBe(400)
})

it('sends a setup link where a sender is set up, and logs it without the address', async () => {
  const { connectionSid, tenantSid } = await createCustomer()
  const operator = await openOperator()
  const able = openBrowser({ ...env, MAIL_FROM: 'sso@vendor.example' })
  for (const [name, value] of operator.cookies) able.cookies.set(name, value)
  const path = `/console/connections/${connectionSid}/setup-links`
  expect(await (await able.post(path, form)).text()).toContain('Setup link sent')
  const [row] = await db.select().from(mails).where(eq(mails.tenantSid, tenantSid))
  expect(row).toMatchObject({ template: 'setup_link', outcome: 'sent' })
  const log = await (await able.get('/console/mail')).text()
  expect(log).toContain('a…@tenant.example')
  expect(log).not.toContain('ann@tenant.example')
})

describe('the link that stops a kind of mail', () => {
  const openLink = async (roles = ['technical']) => {
    const { tenantSid } = await createCustomer()
    const add = (role: string) =>
      addContact(request(), tenantSid, { role, name: 'Ann', email: 'ann@tenant.example' })
    for (const role of roles) good(await add(role))
    const rows = () => db.select().from(contacts).where(eq(contacts.tenantSid, tenantSid))
    const path = `/mail/unsubscribe/${(await rows())[0]!.unsubscribeKey}/digest`
    const muted = async () => (await rows()).map((row) => row.muted)
    return { path, muted, browser: openBrowser() }
  }

  it('opens a page that changes nothing; its button stops them', async () => {
    const { path, muted, browser } = await openLink()
    const page = await (await browser.get(path)).text()
    expect(page).toContain('<form method="post">')
    expect((await browser.send(path, { method: 'HEAD' })).status).toBe(200)
    expect(await muted()).toEqual([[]])
    expect(await (await browser.post(path)).text()).toContain('no more mails of the kind')
    expect(await muted()).toEqual([['digest']])
    expect(await (await browser.get(path)).text()).not.toContain('<form')
  })

  const URL_ENCODED = 'application/x-www-form-urlencoded'
  const multipart = [
    '--x',
    'Content-Disposition: form-data; name="List-Unsubscribe"',
    '',
    'One-Click',
    '--x--',
    '',
  ].join('\r\n')
  // RFC 8058 §3.1: either type, without cookies, and no redirect.
  it.each([
    [URL_ENCODED, 'List-Unsubscribe=One-Click'],
    ['multipart/form-data; boundary=x', multipart],
  ])('is one click of a mail program: %s', async (type, body) => {
    const { path, muted, browser } = await openLink(['technical', 'business'])
    const click = () =>
      browser.send(path, { method: 'POST', headers: { 'content-type': type }, body })
    expect((await click()).status).toBe(200)
    expect((await click()).status).toBe(200)
    // Of the address, whatever roles it has.
    expect(await muted()).toEqual([['digest'], ['digest']])
  })

  it('stops no security mail, and is one address’s alone', async () => {
    const { path, muted, browser } = await openLink()
    const other = await openLink()
    await browser.post(path)
    expect((await browser.post(path.replace('digest', 'security'))).status).toBe(404)
    expect((await browser.get(`/mail/unsubscribe/${'x'.repeat(43)}/digest`)).status).toBe(404)
    expect((await browser.post(`/mail/unsubscribe/${'x'.repeat(43)}/digest`)).status).toBe(404)
    expect(await muted()).toEqual([['digest']])
    expect(await other.muted()).toEqual([[]])
  })
})
