// Setup links by mail, the mail log, and the link that stops mails, in pages.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
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

it('stops a kind of mail by a POST alone, also from a mail program', async () => {
  const { tenantSid } = await createCustomer()
  const ann = { role: 'technical', name: 'Ann', email: 'ann@tenant.example' }
  const { sid } = good(await addContact(request(), tenantSid, ann))
  const rowOf = async () => (await db.select().from(contacts).where(eq(contacts.sid, sid)))[0]!
  const path = `/mail/unsubscribe/${(await rowOf()).unsubscribeKey}/digest`
  const browser = openBrowser()
  expect((await browser.get(path)).status).toBe(200)
  expect((await rowOf()).muted).toEqual([])
  const clicked = await browser.post(path, { 'List-Unsubscribe': 'One-Click' })
  expect(clicked.status).toBe(200)
  expect((await rowOf()).muted).toEqual(['digest'])
  expect((await browser.post(path.replace('digest', 'security'))).status).toBe(404)
  expect((await browser.get(`/mail/unsubscribe/${'x'.repeat(43)}/digest`)).status).toBe(404)
})
