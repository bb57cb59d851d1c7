// Domains against the database and a DNS of a few names: who has one, by what proof, and for how
// long.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { tenantAdmin, type Actor } from '../../../src/events/actor.ts'
import { domains } from '../../../src/platform/db/schema.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import {
  checkDomain,
  checkDomains,
  createDomain,
  getDomain,
  listDomains,
  removeDomain,
  vouchForDomain,
} from '../../../src/directory/domains/operations.ts'
import { fakeNetwork } from '../../support/fake-network.ts'
import { codeOf, good, OPERATOR, request } from '../../support/request.ts'
import { clearDatabase, createWorld, db, type World } from '../../support/world.ts'

const DAY = 24 * 3600 * 1000
const NAME = '_gatepost-challenge.example.com'

let world: World
let admin: Actor
beforeEach(async () => {
  await clearDatabase()
  world = await createWorld()
  admin = tenantAdmin({ id: 'carl', name: 'carl' }, world.tenantSid)
})

/** The context of an actor, in a world whose DNS has these TXT records. */
function asked(texts: Record<string, string[]>, actor: Actor = admin, now = Date.now()) {
  return { ...request(actor, fakeNetwork({ texts }).options), now }
}

async function claim(domain = 'example.com', tenantSid = world.tenantSid) {
  return good(await createDomain(request(), tenantSid, { domain })).record.value
}

const rowOf = async (tenantSid = world.tenantSid) =>
  (await db.select().from(domains).where(eq(domains.tenantSid, tenantSid)))[0]!

const actions = async (tenantSid = world.tenantSid) =>
  (await db.select().from(recordedEvents).where(eq(recordedEvents.tenantSid, tenantSid))).map(
    ({ type }) => type,
  )

describe('a claim', () => {
  it('shows the record each time it is looked at, and is proved by it', async () => {
    const made = good(
      await createDomain(request(admin), world.tenantSid, { domain: 'Example.COM.' }),
    )
    expect(made).toMatchObject({ domain: 'example.com', verifiedAt: null })
    expect(made.record).toEqual({
      type: 'TXT',
      name: NAME,
      value: expect.stringMatching(/^gatepost-domain-verification=[\w-]{43}$/),
    })
    const [listed] = good(await listDomains(request(admin), world.tenantSid))
    expect(listed!.record).toEqual(made.record)
    const before = await checkDomain(asked({}), world.tenantSid, 'example.com')
    expect(codeOf(before)).toEqual(['domain_unproven', 'domain'])
    expect(await rowOf()).toMatchObject({ failure: `${NAME} has no TXT record`, verifiedAt: null })
    const texts = { [NAME]: ['v=spf1 -all', ` ${made.record.value} `] }
    const checked = good(await checkDomain(asked(texts), world.tenantSid, 'EXAMPLE.com'))
    expect(checked).toMatchObject({ verifiedBy: 'dns', failure: null, missingSince: null })
    expect(checked.verifiedAt).toBeGreaterThan(0)
    expect(await actions()).toEqual(['domain.created', 'domain.verified'])
  })

  it('is proved by nothing else', async () => {
    const value = await claim()
    for (const texts of [
      { [NAME]: [value.slice(0, -1)] },
      { [NAME]: [`${value}x`] },
      { [NAME]: [value.toUpperCase()] },
      { 'example.com': [value] },
      { 'sub.example.com': [value] },
      { '_gatepost-challenge.sub.example.com': [value] },
      { '_gatepost-challenge.com': [value] },
      { '_gatepost-challenge.examp1e.com': [value] },
    ])
      expect(codeOf(await checkDomain(asked(texts), world.tenantSid, 'example.com'))).toEqual([
        'domain_unproven',
        'domain',
      ])
    // Another claim's record.
    await claim('other.example')
    const other = good(await getDomain(request(), world.tenantSid, 'other.example')).record.value
    const texts = { [NAME]: [other] }
    expect(codeOf(await checkDomain(asked(texts), world.tenantSid, 'example.com'))[0]).toBe(
      'domain_unproven',
    )
  })

  it('is not proved by what a CNAME leads to, and is by a record in several strings', async () => {
    const value = await claim()
    const answer = (records: object[]) =>
      request(
        admin,
        fakeNetwork({ dns: () => Response.json({ Status: 0, Answer: records }) }).options,
      )
    const elsewhere = [
      { name: NAME, type: 5, data: 'tenant.hosting.example.' },
      { name: 'tenant.hosting.example', type: 16, data: `"${value}"` },
    ]
    const check = (records: object[]) =>
      checkDomain(answer(records), world.tenantSid, 'example.com')
    expect(codeOf(await check(elsewhere))[0]).toBe('domain_unproven')
    expect(codeOf(await check([{ type: 16, data: `"${value}"` }]))[0]).toBe('domain_unproven')
    expect(codeOf(await check([{ name: NAME, type: 5, data: `"${value}"` }]))[0]).toBe(
      'domain_unproven',
    )
    const split = `"${value.slice(0, 20)}" "${value.slice(20, 30)}\\${String(value.charCodeAt(30)).padStart(3, '0')}${value.slice(31)}"`
    good(await check([{ name: `${NAME.toUpperCase()}.`, type: 16, data: split }]))
  })

  it('says what DNS said where it is not proved, without what could steer a terminal', async () => {
    await claim()
    const texts = { [NAME]: ['a\u001B[31m', 'x'.repeat(5000)] }
    const outcome = await checkDomain(asked(texts), world.tenantSid, 'example.com')
    const { received } = outcome.ok ? { received: '' } : outcome.error
    expect(received).toContain('"a\uFFFD[31m"')
    expect(received.length).toBeLessThan(600)
    const silent = request(
      admin,
      fakeNetwork({ dns: () => new Response('', { status: 503 }) }).options,
    )
    expect(codeOf(await checkDomain(silent, world.tenantSid, 'example.com'))[0]).toBe(
      'domain_unproven',
    )
    expect((await rowOf()).failure).toMatch(/^DNS: .* could not be looked up in DNS/)
  })

  it('takes one form of a domain, and nothing that looks like one', async () => {
    const add = async (domain: string) =>
      codeOf(await createDomain(request(admin), world.tenantSid, { domain }))
    for (const bad of [
      '',
      'example',
      'com',
      'ann@example.com',
      'https://example.com',
      'example.com/x',
      'example..com',
      '-a.example.com',
      'a-.example.com',
      '*.example.com',
      '_dmarc.example.com',
      'exa mple.com',
      'example.com\u0000',
      'example.com:8080',
      '198.41.0.4',
      '1.2.3',
      `${'a'.repeat(64)}.example`,
      `${'a.'.repeat(120)}example`,
      'xn--.example',
      // What a browser takes for an address.
      '1.2.0x7f',
      // A Cyrillic е; full-width letters; a dotless i; a soft hyphen.
      'еxample.com',
      'ｅｘａｍｐｌｅ.com',
      'lıve.example',
      'exam\u00ADple.com',
      'bücher.example',
    ])
      expect(await add(bad), bad).toEqual(['input', 'domain'])
    for (const shared of ['gmail.com', 'GMX.de', 'co.uk', 'com.au', 'or.at'])
      expect(await add(shared), shared).toEqual(['domain_shared', 'domain'])
    expect(await add('xn--bcher-kva.example')).toEqual([null])
    expect(await add('mail.co.uk')).toEqual([null])
    // The lookalike is told what it is, and can be claimed as that: another domain.
    const outcome = await createDomain(request(admin), world.tenantSid, { domain: 'еxample.com' })
    expect(outcome).toMatchObject({
      error: { expected: expect.stringContaining('xn--xample-2of.com') },
    })
    expect(await add('xn--xample-2of.com')).toEqual([null])
    expect(await add('example.com')).toEqual([null])
    expect(await add('EXAMPLE.com')).toEqual(['already_there', 'domain'])
    expect(await add('sub.example.com')).toEqual([null])
  })

  it('of a tenant with 200 domains is one too many', async () => {
    const rows = Array.from({ length: 200 }, (_, n) => ({
      tenantSid: world.tenantSid,
      domain: `d${n}.example`,
      token: 't',
      createdBy: 'test',
      createdAt: 1,
    }))
    for (let at = 0; at < rows.length; at += 10)
      await db.insert(domains).values(rows.slice(at, at + 10))
    const outcome = await createDomain(request(), world.tenantSid, { domain: 'one.example' })
    expect(codeOf(outcome)).toEqual(['limit_reached', 'domain'])
  })
})

describe('a verified domain', () => {
  it('is one tenant’s, however many claim it', async () => {
    const other = await createWorld()
    const [mine, theirs] = [await claim(), await claim('example.com', other.tenantSid)]
    expect(mine).not.toBe(theirs)
    const texts = { [NAME]: [mine, theirs] }
    const both = await Promise.all([
      checkDomain(asked(texts), world.tenantSid, 'example.com'),
      checkDomain(asked(texts, OPERATOR), other.tenantSid, 'example.com'),
    ])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    const loser = both[0]!.ok ? other.tenantSid : world.tenantSid
    const holder = both[0]!.ok ? world.tenantSid : other.tenantSid
    expect(codeOf(both.find(({ ok }) => !ok)!)).toEqual(['already_there', 'domain'])
    expect(await rowOf(loser)).toMatchObject({
      verifiedAt: null,
      failure: 'another tenant has verified it',
    })
    // Operators are told whose it is, and cannot vouch it away; its own administrators are not.
    const vouched = await vouchForDomain(request(), loser, 'example.com', { reason: 'because' })
    expect(vouched).toMatchObject({
      error: { code: 'already_there', received: `one of ${holder}` },
    })
    const told = await checkDomain(
      asked(texts, tenantAdmin({ id: 'x', name: 'x' }, loser)),
      loser,
      'example.com',
    )
    expect(JSON.stringify(told)).not.toContain(holder)
    // When the holder lets go of it, the other may have it.
    good(await removeDomain(request(), holder, 'example.com'))
    good(await checkDomain(asked(texts, OPERATOR), loser, 'example.com'))
  })

  it('stays verified when its record is gone, with a warning until it is back', async () => {
    const value = await claim()
    const texts = { [NAME]: [value] }
    good(await checkDomain(asked(texts), world.tenantSid, 'example.com'))
    const gone = good(await checkDomain(asked({}), world.tenantSid, 'example.com'))
    expect(gone).toMatchObject({ verifiedBy: 'dns', failure: `${NAME} has no TXT record` })
    expect(gone.missingSince).toBeGreaterThan(0)
    const still = good(
      await checkDomain(asked({}, admin, Date.now() + 5000), world.tenantSid, 'example.com'),
    )
    expect(still.missingSince).toBe(gone.missingSince)
    const back = good(await checkDomain(asked(texts), world.tenantSid, 'example.com'))
    expect(back).toMatchObject({ missingSince: null, failure: null, verifiedAt: gone.verifiedAt })
    expect(await actions()).toEqual([
      'domain.created',
      'domain.verified',
      'domain.record_lost',
      'domain.record_found',
    ])
  })

  it('is not warned about where DNS is silent', async () => {
    const value = await claim()
    good(await checkDomain(asked({ [NAME]: [value] }), world.tenantSid, 'example.com'))
    const silent = request(admin, fakeNetwork({ dns: () => Response.json({ Status: 2 }) }).options)
    const checked = good(await checkDomain(silent, world.tenantSid, 'example.com'))
    expect(checked).toMatchObject({ missingSince: null, failure: expect.stringMatching(/^DNS: /) })
  })

  it('may be one for which an operator vouches, with a reason, until DNS proves it', async () => {
    const value = await claim()
    const vouch = (actor: Actor, reason: string) =>
      vouchForDomain(request(actor), world.tenantSid, 'example.com', { reason })
    expect(codeOf(await vouch(admin, 'please'))).toEqual(['forbidden'])
    expect(codeOf(await vouch(OPERATOR, ' '))).toEqual(['input', 'reason'])
    const vouched = good(await vouch(OPERATOR, 'Contract 4711 names it'))
    expect(vouched).toMatchObject({ verifiedBy: 'operator', reason: 'Contract 4711 names it' })
    const [event] = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.type, 'domain.vouched'))
    expect(event).toMatchObject({
      actor: 'operator olga',
      after: { domain: 'example.com', reason: 'Contract 4711 names it' },
    })
    // No record was ever promised: none is missed.
    const checked = good(await checkDomain(asked({}), world.tenantSid, 'example.com'))
    expect(checked.missingSince).toBeNull()
    const proved = good(
      await checkDomain(asked({ [NAME]: [value] }), world.tenantSid, 'example.com'),
    )
    expect(proved).toMatchObject({ verifiedBy: 'dns', verifiedAt: vouched.verifiedAt })
    expect(good(await vouch(OPERATOR, 'again')).verifiedBy).toBe('dns')
  })
})

describe('the cron', () => {
  it('checks claims for a month, and proofs every day, the longest unchecked first', async () => {
    const now = Date.now()
    const values: Record<string, string[]> = {}
    for (const domain of ['new.example', 'old.example', 'fresh.example', 'vouched.example']) {
      const value = await claim(domain)
      values[`_gatepost-challenge.${domain}`] = [value]
    }
    const set = (domain: string, row: Partial<typeof domains.$inferInsert>) =>
      db.update(domains).set(row).where(eq(domains.domain, domain))
    await set('old.example', { createdAt: now - 31 * DAY })
    await set('fresh.example', { checkedAt: now - 60_000 })
    await vouchForDomain(request(), world.tenantSid, 'vouched.example', { reason: 'r' })
    const verified = async () =>
      (await db.select().from(domains))
        .filter(({ verifiedBy }) => verifiedBy === 'dns')
        .map(({ domain }) => domain)
        .toSorted()
    await checkDomains(asked(values, { kind: 'maintenance' }, now))
    expect(await verified()).toEqual(['new.example'])
    await checkDomains(asked({}, { kind: 'maintenance' }, now + DAY / 2))
    expect((await rowOf()).missingSince).toBeNull()
    await checkDomains(asked({}, { kind: 'maintenance' }, now + DAY + 1000))
    const rows = await db.select().from(domains).where(eq(domains.domain, 'new.example'))
    expect(rows[0]).toMatchObject({ missingSince: now + DAY + 1000, verifiedBy: 'dns' })
  })

  it('asks for at most 40 a run, and goes on with the others the next time', async () => {
    const rows = Array.from({ length: 50 }, (_, n) => ({
      tenantSid: world.tenantSid,
      domain: `d${n}.example`,
      token: 't',
      createdBy: 'test',
      createdAt: Date.now(),
    }))
    for (let at = 0; at < rows.length; at += 10)
      await db.insert(domains).values(rows.slice(at, at + 10))
    const network = fakeNetwork({})
    const run = (now: number) =>
      checkDomains({ ...request({ kind: 'maintenance' }, network.options), now })
    await run(Date.now())
    expect(network.resolved).toHaveLength(40)
    await run(Date.now() + 1000)
    expect(new Set(network.resolved).size).toBe(50)
  })
})

it('domains are seen and changed by those who look after a connection of their tenant', async () => {
  const { tenantSid } = world
  await claim()
  const setup = (capabilities: ('configure' | 'test')[], connectionSid = world.connectionSid) =>
    request({
      kind: 'customer admin',
      id: 'dora',
      name: 'dora',
      tenantSid,
      connectionSid,
      capabilities,
    })
  expect(good(await listDomains(setup([]), tenantSid))).toHaveLength(1)
  expect(codeOf(await createDomain(setup(['test']), tenantSid, { domain: 'b.example' }))).toEqual([
    'forbidden',
  ])
  expect(codeOf(await checkDomain(setup([]), tenantSid, 'example.com'))).toEqual(['forbidden'])
  expect(codeOf(await removeDomain(setup(['test']), tenantSid, 'example.com'))).toEqual([
    'forbidden',
  ])
  good(await createDomain(setup(['configure']), tenantSid, { domain: 'b.example' }))
  good(await removeDomain(setup(['configure']), tenantSid, 'b.example'))
  const other = await createWorld()
  const stranger = request(tenantAdmin({ id: 'eve', name: 'eve' }, other.tenantSid))
  for (const outcome of [
    await createDomain(stranger, tenantSid, { domain: 'c.example' }),
    await listDomains(stranger, tenantSid),
    await getDomain(stranger, tenantSid, 'example.com'),
    await checkDomain(stranger, tenantSid, 'example.com'),
    await vouchForDomain(stranger, tenantSid, 'example.com', { reason: 'r' }),
    await removeDomain(stranger, tenantSid, 'example.com'),
    await listDomains(request(), `TN${'0'.repeat(32)}`),
  ])
    expect(codeOf(outcome)).toEqual(['not_there'])
  expect(good(await listDomains(request(), tenantSid))).toHaveLength(1)
})
