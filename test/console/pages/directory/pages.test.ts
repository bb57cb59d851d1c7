// The directory in the console and, its domains, in the portal: what each form does, and what it
// says where it refuses.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { attempts } from '../../../../src/platform/db/history-schema.ts'
import { users } from '../../../../src/platform/db/schema.ts'
import { recordedEvents } from '../../../../src/events/store.ts'
import {
  createAccount,
  listMemberships,
  setMemberships,
} from '../../../../src/directory/account-operations.ts'
import { getDomain, vouchForDomain } from '../../../../src/directory/domains/operations.ts'
import { createImport, listImports, takeRows } from '../../../../src/directory/import/operations.ts'
import { addUser, editTenant, getUser } from '../../../../src/directory/operations.ts'
import type { Env } from '../../../../src/env.ts'
import { createSid } from '../../../../src/ids.ts'
import { decodeBase64 } from '../../../../src/base64.ts'
import { computedCells } from '../../../support/spreadsheet.ts'
import { openBrowser, type Browser } from '../../../support/browser.ts'
import { countingDatabase } from '../../../support/counting.ts'
import { fakeNetwork, RESOLVER } from '../../../support/fake-network.ts'
import { ALL, good, request } from '../../../support/request.ts'
import { db, history } from '../../../support/world.ts'
import { landedAt } from '../../../support/landed-at.ts'
import {
  createCustomer,
  formData,
  openLink,
  openOperator,
  openStranger,
  type Customer,
} from '../../operator/admins.ts'
import { errorOf } from '../../operator/error-of.ts'

let customer: Customer
let base: string
let browser: Browser
beforeEach(async () => {
  customer = await createCustomer()
  base = `/console/tenants/${customer.tenantSid}`
  browser = await openOperator()
})

const textOf = async (path: string) => (await browser.get(path)).text()
/** Where a post leads to. */
const leadsTo = async (path: string, form: Record<string, string>) =>
  landedAt(await browser.post(path, form))

async function refusal(response: Response, field: string) {
  const page = await response.text()
  const { isMarked, isInSummary, says } = errorOf(page, field)
  return { status: response.status, isMarked, isInSummary, says: says ?? '', page }
}
const trailOf = async (sid: string) =>
  (await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))).map(
    ({ type }) => type,
  )

describe('users', () => {
  it('are found by e-mail, SID and external id, and elsewhere by e-mail', async () => {
    const other = await createCustomer()
    await db.update(users).set({ externalID: '17' }).where(eq(users.sid, customer.userSid))
    for (const name of [customer.email.toUpperCase(), customer.userSid, ' 17 ']) {
      const page = await textOf(`${base}/users?search=${encodeURIComponent(name)}`)
      expect(page).toContain(`href="${base}/users/${customer.userSid}"`)
    }
    const page = await textOf(`${base}/users?search=${other.email}`)
    expect(page).toContain('No matches')
    expect(page).toContain(`In another tenant: <a href="/console/tenants/${other.tenantSid}/users/`)
    expect(await textOf(`${base}/users?search=nobody`)).not.toContain('Of another tenant')
  })

  it('are paged through', async () => {
    for (let part = 0; part < 8; part++)
      await db.insert(users).values(
        Array.from({ length: 7 }, (_, n) => ({
          sid: createSid('US'),
          tenantSid: customer.tenantSid,
          email: `${part}.${n}.${customer.email}`,
          emailKey: `${part}.${n}.${customer.email}`,
          createdAt: 1000 + part * 7 + n,
          updatedAt: 1,
        })),
      )
    const first = await textOf(`${base}/users`)
    expect(first).toContain(customer.email)
    expect(first).not.toContain(`0.0.${customer.email}`)
    const older = /href="([^"]+)" rel="next"/.exec(first)![1]!
    expect(await textOf(older)).toContain(`0.0.${customer.email}`)
  })

  it('are added one by one', async () => {
    const email = `Ann@${customer.tenantSid}.example`
    const location = await leadsTo(`${base}/users`, { email, firstName: 'Ann', externalID: '5' })
    const user = good(await getUser(request(), email))
    expect(user).toMatchObject({ firstName: 'Ann', lastName: null, externalID: '5' })
    expect(location).toBe(`${base}/users/${user.sid} (saved)`)
    expect(await trailOf(user.sid)).toEqual(['user.created'])
  })

  for (const [name, form, field, status] of [
    ['no address', { email: 'ann' }, 'email', 400],
    ['an address that somebody has', { email: 'TAKEN' }, 'email', 409],
    [
      'an external id that somebody has',
      { email: 'a@new.example', externalID: '9' },
      'externalID',
      409,
    ],
    [
      'a name with a control character',
      { email: 'a@new.example', lastName: 'a\u0007' },
      'lastName',
      400,
    ],
  ] as const)
    it(`input, already_there: ${name} is refused beside its field`, async () => {
      await db.update(users).set({ externalID: '9' }).where(eq(users.sid, customer.userSid))
      const sent = { ...form, email: form.email.replace('TAKEN', customer.email) }
      const before = (await db.select().from(users)).length
      const refused = await refusal(await browser.post(`${base}/users`, sent), field)
      expect(refused).toMatchObject({ status, isMarked: true, isInSummary: true })
      expect(refused.page).toContain(`value="${sent.email}"`)
      expect((await db.select().from(users)).length).toBe(before)
      // The same in the form of somebody who is there.
      const other = good(await addUser(request(), customer.tenantSid, { email: 'b@new.example' }))
      const edited = await browser.post(`${base}/users/${other.sid}`, sent)
      expect(await refusal(edited, field)).toMatchObject({ status, isMarked: true })
      expect(good(await getUser(request(), other.sid)).email).toBe('b@new.example')
      await db.delete(users).where(eq(users.sid, other.sid))
    })

  it('show how they may sign in and why, and lead to their logins', async () => {
    const { connectionSid, userSid, tenantSid } = customer
    const path = `${base}/users/${userSid}`
    expect(await textOf(path)).toContain('With the password')
    const method = { signInMethod: 'sso_enabled', connectionSid } as const
    await db.update(users).set(method).where(eq(users.sid, userSid))
    const page = await textOf(path)
    expect(page).toContain('With the password (connection not ready)')
    expect(page).toContain(`<a href="/console/connections/${connectionSid}">Their IdP</a>`)
    const logins = `/console/connections/${connectionSid}/attempts?user=${userSid}`
    expect(page).toContain(`href="${logins}"`)
    expect(await textOf(logins)).not.toContain(customer.attemptSid)
    await history.update(attempts).set({ userSid }).where(eq(attempts.sid, customer.attemptSid))
    expect(await textOf(logins)).toContain(customer.attemptSid)
    good(await editTenant(request(), tenantSid, { suspended: true }))
    expect(await textOf(path)).toContain('Not allowed (tenant suspended)')
  })

  it('get another login e-mail, are suspended and let in again, each audited', async () => {
    const { userSid } = customer
    const path = `${base}/users/${userSid}`
    const email = `new.${customer.email}`
    expect(await leadsTo(path, { email, firstName: 'Ann' })).toBe(`${path} (saved)`)
    expect(good(await getUser(request(), email))).toMatchObject({ sid: userSid, firstName: 'Ann' })
    const unclear = await browser.post(`${path}/suspension`, { suspended: 'maybe' })
    expect(unclear.status).toBe(400)
    expect(good(await getUser(request(), userSid)).suspendedAt).toBeNull()
    const suspended = await leadsTo(`${path}/suspension`, { suspended: 'true' })
    expect(suspended).toBe(`${path} (user_suspended)`)
    const page = await textOf(path)
    // The user, then the list, then the customer: tabs of two customers are told apart.
    expect(page).toMatch(/<title>[^<·]+@[^<·]+( · [^<·]+){2,} · Gatepost Console<\/title>/)
    expect(page).toContain('Reactivate')
    expect(page).toContain('Not allowed (user suspended)')
    const { suspendedAt } = good(await getUser(request(), userSid))
    // Again changes nothing: since when stays.
    await browser.post(`${path}/suspension`, { suspended: 'true' })
    expect(good(await getUser(request(), userSid)).suspendedAt).toBe(suspendedAt)
    expect(await leadsTo(`${path}/suspension`, { suspended: '' })).toContain('saved')
    expect(good(await getUser(request(), userSid)).suspendedAt).toBe(null)
    expect(await trailOf(userSid)).toEqual([
      'user.created',
      'user.updated',
      'user.updated',
      'user.updated',
    ])
  })

  it('not_there: of another tenant are not below this one', async () => {
    const other = await createCustomer()
    const path = `${base}/users/${other.userSid}`
    for (const [below, form] of [
      ['', undefined],
      ['', { email: 'taken@over.example' }],
      ['/suspension', { suspended: 'true' }],
      ['/accounts', { accounts: '' }],
    ] as const) {
      const sent = form ? browser.post(path + below, form) : browser.get(path + below)
      expect([below, (await sent).status]).toEqual([below, 404])
    }
    const { email, suspendedAt } = good(await getUser(request(), other.userSid))
    expect([email, suspendedAt]).toEqual([other.email, null])
  })
})

describe('accounts', () => {
  it('are added, named again, and show their members', async () => {
    const location = await leadsTo(`${base}/accounts`, { name: 'South', externalID: 's/1' })
    const path = location!.replace(' (saved)', '')
    expect(path).toMatch(new RegExp(`^${base}/accounts/AC[0-9a-f]{32}$`))
    expect(await leadsTo(path, { name: 'South 2' })).toBe(`${path} (saved)`)
    expect(await textOf(path)).toContain('No members yet')
    const user = `${base}/users/${customer.userSid}`
    const saved = await leadsTo(`${user}/accounts`, { accounts: `s/1\r\n${customer.accountSid}` })
    expect(saved).toBe(`${user}#belongs (saved)`)
    expect(await textOf(path)).toContain(customer.email)
    const page = await textOf(user)
    expect(page).toContain('South 2')
    // As it can be entered again.
    expect(page).toContain(`${customer.accountSid}\ns/1</textarea>`)
    await browser.post(`${user}/accounts`, { accounts: '' })
    expect(good(await listMemberships(request(), customer.userSid))).toEqual([])
  })

  it('input, already_there: are refused beside the field', async () => {
    good(await createAccount(request(), customer.tenantSid, { name: 'x', externalID: '1' }))
    const post = (form: Record<string, string>) => browser.post(`${base}/accounts`, form)
    const marked = { isMarked: true, isInSummary: true }
    expect(await refusal(await post({ name: '' }), 'name')).toMatchObject({
      status: 400,
      ...marked,
    })
    const taken = await refusal(await post({ name: 'y', externalID: '1' }), 'externalID')
    expect(taken).toMatchObject({ status: 409, ...marked })
    expect(taken.page).toContain('value="y"')
    const path = `${base}/accounts/${customer.accountSid}`
    expect(await refusal(await browser.post(path, { name: '' }), 'name')).toMatchObject(marked)
  })

  it('input: names one that is not there, and keeps what was entered and what was', async () => {
    const { userSid, accountSid } = customer
    good(await setMemberships(request(), userSid, [accountSid]))
    const sent = { accounts: `${accountSid}\nnowhere` }
    const response = await browser.post(`${base}/users/${userSid}/accounts`, sent)
    const refused = await refusal(response, 'accounts')
    expect(refused).toMatchObject({ status: 400, isMarked: true, isInSummary: true })
    expect(refused.says).toContain('nowhere')
    expect(refused.page).toContain(`${accountSid}\nnowhere</textarea>`)
    expect(good(await listMemberships(request(), userSid)).map(({ sid }) => sid)).toEqual([
      accountSid,
    ])
  })

  it('not_there: makes none where a form names one that is not there', async () => {
    const response = await browser.post(`${base}/accounts/unheard-of`, { name: 'New' })
    expect(response.status).toBe(404)
  })
})

/** A browser of the same person in a world whose DNS has these records. */
function withDNS(of: Browser, texts: Record<string, string[]>): Browser {
  const network = fakeNetwork({ texts })
  const fetch = ((input: RequestInfo | URL, init?: RequestInit) =>
    network.options.fetch(
      String(input).replace('https://cloudflare-dns.com/dns-query', RESOLVER),
      init,
    )) as typeof globalThis.fetch
  const other = openBrowser(undefined, { fetch })
  for (const [name, value] of of.cookies) other.cookies.set(name, value)
  return other
}

const domainOf = async ({ tenantSid, domain }: Customer) =>
  good(await getDomain(request(), tenantSid, domain))

describe('domains', () => {
  const areas: Record<string, () => Promise<[Browser, string]>> = {
    'the console': async () => [browser, base],
    'the portal': async () => [await openLink(customer, ['configure']), '/setup'],
  }
  for (const [area, enter] of Object.entries(areas)) {
    it(`are added and proved by their record, in ${area}`, async () => {
      const [visitor, prefix] = await enter()
      const { domain, tenantSid } = customer
      const added = await visitor.post(`${prefix}/domains`, { domain: `Mail.${domain}` })
      expect(landedAt(added)).toBe(`${prefix}/domains#domain-mail.${domain} (domain_added)`)
      const page = await (await visitor.get(`${prefix}/domains`)).text()
      const { record } = good(await getDomain(request(), tenantSid, `mail.${domain}`))
      expect(page).toContain(`_gatepost-challenge.mail.${domain}`)
      expect(page).toContain(record.value)

      const path = `${prefix}/domains/${domain}`
      const early = await visitor.post(`${path}/check`)
      expect(early.status).toBe(409)
      const refused = await early.text()
      expect(refused).toContain(`href="#domain-${domain}"`)
      expect(refused).toContain('TXT record was not found')
      const own = (await domainOf(customer)).record
      const proved = await withDNS(visitor, { [own.name]: [own.value] }).post(`${path}/check`)
      expect(landedAt(proved)).toBe(`${prefix}/domains#domain-${domain} (domain_verified)`)
      expect((await domainOf(customer)).verifiedBy).toBe('dns')
      // The record is gone: that is a warning on the page.
      await withDNS(visitor, {}).post(`${path}/check`)
      expect(await (await visitor.get(`${prefix}/domains`)).text()).toContain('Record missing')
      const removed = await visitor.post(`${path}/remove`)
      expect(landedAt(removed)).toBe(`${prefix}/domains (domain_removed)`)
      expect((await getDomain(request(), tenantSid, domain)).ok).toBe(false)
    })

    for (const [code, domain, status] of [
      ['input', 'no domain', 400],
      ['domain_shared', 'gmail.com', 400],
      ['already_there', 'OWN', 409],
    ] as const)
      it(`${code}: is said beside the field, in ${area}`, async () => {
        const [visitor, prefix] = await enter()
        const sent = domain.replace('OWN', customer.domain)
        const response = await visitor.post(`${prefix}/domains`, { domain: sent })
        const refused = await refusal(response, 'domain')
        expect(refused).toMatchObject({ status, isMarked: true, isInSummary: true })
        expect(refused.page).toContain(`value="${sent}"`)
      })
  }

  it('are vouched for by operators alone, for a reason', async () => {
    const { domain } = customer
    const path = `${base}/domains/${domain}`
    const refused = await refusal(await browser.post(`${path}/vouch`), `reason-${domain}`)
    expect(refused).toMatchObject({ status: 400, isMarked: true, isInSummary: true })
    const link = await openLink(customer)
    const forbidden = await link.post(`/setup/domains/${domain}/vouch`, { reason: 'I say so' })
    expect(forbidden.status).toBe(403)
    expect(await (await link.get('/setup/domains')).text()).not.toContain('Vouch')
    expect((await domainOf(customer)).verifiedAt).toBe(null)
    await browser.post(`${path}/vouch`, { reason: 'contract of May' })
    expect((await domainOf(customer)).verifiedBy).toBe('operator')
    expect(await (await link.get('/setup/domains')).text()).toContain('contract of May')
  })

  it('already_there: whose it is, operators are told, and nobody else', async () => {
    const other = await createCustomer()
    const { domain, tenantSid } = customer
    await browser.post(`/console/tenants/${other.tenantSid}/domains`, { domain })
    good(await vouchForDomain(request(), other.tenantSid, domain, { reason: 'theirs' }))
    const { record } = await domainOf(customer)
    const texts = { [record.name]: [record.value] }
    const told = await withDNS(browser, texts).post(`${base}/domains/${domain}/check`)
    expect([told.status, (await told.text()).includes(other.tenantSid)]).toEqual([400, true])
    const link = await openLink(customer, ['configure'])
    const page = await (await withDNS(link, texts).post(`/setup/domains/${domain}/check`)).text()
    expect(page).toContain('another tenant has verified it')
    expect(page).not.toContain(other.tenantSid)
    const vouched = await browser.post(`${base}/domains/${domain}/vouch`, { reason: 'ours' })
    expect(await vouched.text()).toContain(other.tenantSid)
    expect(good(await getDomain(request(), tenantSid, domain)).verifiedAt).toBe(null)
  })

  it('not_there: of another tenant are out of a link’s reach', async () => {
    const other = await createCustomer()
    const link = await openLink(customer)
    for (const way of ['check', 'vouch', 'remove']) {
      const response = await link.post(`/setup/domains/${other.domain}/${way}`, { reason: 'x' })
      expect([way, response.status]).toEqual([way, 404])
    }
    expect((await domainOf(other)).verifiedAt).toBe(null)
  })
})

describe('a file of users', () => {
  const send = (text: string | Blob, more: Record<string, string> = {}) =>
    browser.upload(`${base}/imports`, formData({ file: new Blob([text]), ...more }))
  const importsNow = async () => good(await listImports(request(), customer.tenantSid, ALL)).items
  const csv = (count: number, from = 0) =>
    `email,external_id,accounts\n${Array.from(
      { length: count },
      (_, n) => `p${from + n}@${customer.tenantSid}.example,${from + n},team\n`,
    ).join('')}`

  it('is taken row by row, and each refused one is named', async () => {
    const text = `${csv(2)}nonsense,9,team\np0@${customer.tenantSid}.example,0,team\n`
    const page = await (await send(text, { createAccounts: 'true' })).text()
    expect(page).toContain('2 created, 0 updated, 0 unchanged, 2 refused.')
    expect(page).toContain('nonsense')
    expect(page).toContain('The file contains this user twice')
    const [row] = await importsNow()
    expect(row).toMatchObject({ name: 'file', position: 4, created: 2, refused: 2 })
    expect(row!.finishedAt).not.toBe(null)
    expect(await trailOf(row!.sid)).toEqual(['import.started', 'import.finished'])
    const list = await textOf(`${base}/imports`)
    expect(list).toContain('>file<')
    expect(list).toContain('Done')
  })

  it('is only checked where that is asked for, also for who comes twice in different chunks', async () => {
    const text = csv(501) + csv(1).split('\n')[1]!
    const page = await (await send(text, { trial: 'true', createAccounts: 'true' })).text()
    expect(page).toContain('501 created, 0 updated, 0 unchanged, 1 refused. Nothing was changed.')
    expect(page).toContain('the user of row 1')
    expect(await importsNow()).toEqual([])
    expect((await getUser(request(), `p0@${customer.tenantSid}.example`)).ok).toBe(false)
  })

  it('takes NDJSON, and makes accounts only where that is asked for', async () => {
    const line = JSON.stringify({ email: `n@${customer.tenantSid}.example`, accounts: ['team'] })
    const page = await (await send(line)).text()
    expect(page).toContain('0 created, 0 updated, 0 unchanged, 1 refused.')
    expect(page).toContain('Accounts: Not found')
  })

  for (const [name, text, says] of [
    ['no file', '', '1 to 5000 rows'],
    ['no column of addresses', 'name,password\nann,x\n', 'name, password'],
    ['a header alone', 'email\n', '1 to 5000 rows'],
    ['a PDF file', '%PDF-1.7\n', 'a list of people'],
    ['a broken row', 'email,name\na@b.example,"A" B\n', 'line 2'],
    [
      'more rows than one request takes',
      `email\n${'a@b.example\n'.repeat(5001)}`,
      '1 to 5000 rows',
    ],
    ['more bytes than one request takes', `email\n${'x'.repeat(1024 * 1024)}`, 'at most 1 MiB'],
    ['more than the form takes', `email\n${'x'.repeat(1200 * 1024)}`, 'at most 1 MiB'],
  ] as const)
    it(`input: ${name} is refused beside the field, and nothing begins`, async () => {
      const refused = await refusal(await send(text), 'file')
      expect(refused).toMatchObject({ status: 400, isMarked: true, isInSummary: true })
      expect(refused.says).toContain(says)
      expect(await importsNow()).toEqual([])
    })

  it('of another system is shown with its columns first, and imported as a person chooses', async () => {
    const { tenantSid } = customer
    const text =
      `Vorname;Mail;Kontakt;Abteilung\nJürg;j@${tenantSid}.example;j@home.example;=1\n` +
      `Zoë;z@${tenantSid}.example;;x\n`
    const shown = await (await send(text, { createAccounts: 'true' })).text()
    expect(shown).toContain('The column with the e-mail addresses is not clear')
    expect(shown).toContain('“Mail” (2), “Kontakt” (1)')
    expect(shown).toContain('Nothing was changed.')
    expect(shown).toMatch(/<option value="1" selected[^>]*>Vorname/)
    expect(await importsNow()).toEqual([])
    const content = /name="content" value="([^"]+)"/.exec(shown)![1]!
    const chosen = { chosen: 'true', content, name: 'staff.csv', column_email: '2' }
    const body = formData({ ...chosen, column_firstName: '', column_lastName: '1' })
    const page = await (await browser.upload(`${base}/imports`, body)).text()
    expect(page).toContain('2 created, 0 updated, 0 unchanged, 0 refused.')
    expect(good(await getUser(request(), `j@${tenantSid}.example`))).toMatchObject({
      firstName: null,
      lastName: 'Jürg',
    })
    expect((await importsNow())[0]).toMatchObject({ name: 'staff.csv', created: 2 })
  })

  it('gives a template, and the refused rows as CSV', async () => {
    expect(await textOf(`${base}/imports/template.csv`)).toMatch(/^"email","first_name"/)
    const page = await (await send('email,last_name\nnonsense,=1\n', { trial: 'true' })).text()
    const [, data] = /href="data:text\/csv;charset=utf-8;base64,([^"]+)"/.exec(page)!
    const csv = new TextDecoder().decode(decodeBase64(data!))
    expect(csv).toContain(`"nonsense","","'=1"`)
    expect(computedCells(csv)).toEqual([])
  })

  it('goes on where it was broken off', async () => {
    const text = csv(3)
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    const digest = [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0')).join('')
    const { tenantSid } = customer
    const begun = good(await createImport(request(), tenantSid, { name: 'file', digest }))
    const first = [{ email: `p0@${tenantSid}.example`, externalID: '0' }]
    good(await takeRows(request(), begun.sid, 0, first))
    expect(await textOf(`${base}/imports`)).toContain('After row 1')
    const page = await (await send(text, { createAccounts: 'true' })).text()
    expect(page).toContain(
      '3 created, 0 updated, 0 unchanged, 0 refused. The import continued after row 1.',
    )
    const [row] = await importsNow()
    expect(row).toMatchObject({ sid: begun.sid, position: 3 })
  })

  it('of the largest size fits one invocation', async () => {
    const { binding, cost } = countingDatabase()
    const counted = openBrowser({ ...(env as Env), DB: binding })
    for (const [name, value] of browser.cookies) counted.cookies.set(name, value)
    const body = formData({ file: new Blob([csv(5000)]), createAccounts: 'true' })
    const page = await (await counted.upload(`${base}/imports`, body)).text()
    expect(page).toContain('5000 created, 0 updated, 0 unchanged, 0 refused.')
    expect(cost.statements).toBeLessThan(200)
  })

  it('unauthenticated: is taken from nobody else', async () => {
    const stranger = openStranger()
    const body = formData({ file: new Blob([csv(1)]) })
    expect((await stranger.upload(`${base}/imports`, body)).status).toBe(401)
    expect(await importsNow()).toEqual([])
  })
})
