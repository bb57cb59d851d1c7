// The search over all things: by e-mail, name, SID, reference and domain, and its page.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { editUser } from '../../src/directory/user-operations.ts'
import { tenantAdmin } from '../../src/events/actor.ts'
import { createSid } from '../../src/ids.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { domains } from '../../src/platform/db/schema.ts'
import { search } from '../../src/search/operations.ts'
import type { Browser } from '../support/browser.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { countD1 } from '../support/wrap-d1.ts'
import { openOperator } from '../console/operator/admins.ts'

let world: World
let userSid: string
let email: string
let domain: string
let operator: Browser
beforeAll(async () => {
  world = await createWorld()
  domain = `${world.tenantSid.toLowerCase()}.example`
  email = `zelda@${domain}`
  userSid = await world.addUser(email)
  good(await editUser(request(), userSid, { firstName: 'Zelda', lastName: 'Quux' }))
  const now = Date.now()
  await db.insert(domains).values({
    tenantSid: world.tenantSid,
    domain,
    token: 't',
    createdBy: 'test',
    createdAt: now,
    verifiedAt: now,
    verifiedBy: 'dns',
  })
  operator = await openOperator()
})

const find = async (text: string) =>
  good(await search(request(), text)).items.map(({ kind, sid }) => [kind, sid])

describe('the search', () => {
  it('finds a person by the e-mail, a part of the name, and the SID', async () => {
    for (const text of [
      email,
      email.toUpperCase(),
      'zelda qu',
      'quux',
      userSid,
      `SID: ${userSid}.`,
    ])
      expect(await find(text), text).toContainEqual(['user', userSid])
  })

  it('finds tenants and connections by SID and domains by name', async () => {
    const { tenantSid, connectionSid } = world
    expect(await find(tenantSid)).toEqual([['tenant', tenantSid]])
    expect(await find(connectionSid)).toEqual([['connection', connectionSid]])
    expect(await find(domain)).toContainEqual(['domain', null])
  })

  it('says of a reference without a login where it is', async () => {
    const answer = good(await search(request(), createSid('RQ')))
    expect(answer).toMatchObject({ items: [], isInLog: true })
    expect(await find(createSid('AT'))).toEqual([])
    expect(await find(createSid('US'))).toEqual([])
  })

  it('is for operators, and takes text of a length', async () => {
    const admin = request(tenantAdmin({ id: 'x', name: 'x' }, world.tenantSid))
    expect(codeOf(await search(admin, email))).toEqual(['forbidden'])
    for (const text of ['', ' ', 'x'.repeat(321)])
      expect(codeOf(await search(request(), text)), text).toEqual(['input', 'search'])
  })

  it('reads few rows, whatever is looked for', async () => {
    const { binding, cost } = countD1(env.DB)
    for (const text of ['a', 'an', email, userSid, domain]) {
      cost.rowsRead = 0
      good(await search({ ...request(), db: openDatabase(binding) }, text))
      expect(cost.rowsRead, text).toBeLessThanOrEqual(400)
    }
  })
})

describe('the search page', () => {
  const open = (text: string) => operator.get(`/console/search?search=${encodeURIComponent(text)}`)

  it('leads straight to what is named whole', async () => {
    const path = `/console/tenants/${world.tenantSid}/users/${userSid}`
    for (const text of [email, userSid]) {
      const answer = await open(text)
      expect([answer.status, answer.headers.get('location')]).toEqual([303, path])
    }
  })

  it('is in the header of each page, and escapes what was entered', async () => {
    const html = await (await open('<script>')).text()
    expect(html).toContain('id="find"')
    expect(html).toContain('Nothing found')
    expect(html).not.toContain('<script>“')
    expect(html).toContain('&lt;script&gt;')
  })

  it('refuses a text that is too long, with words', async () => {
    const answer = await open('x'.repeat(400))
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('1 to 320 characters')
  })
})
