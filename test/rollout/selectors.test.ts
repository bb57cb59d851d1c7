import { eq, sql } from 'drizzle-orm'
import { expect, it, onTestFinished } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { domains, users } from '../../src/platform/db/schema.ts'
import { CHUNK } from '../../src/rollout/list/store/freezing.ts'
import {
  compareVersions,
  createRollout,
  deselectUsers,
  editSelectors,
  freeze,
  getRollout,
  listRollouts,
  refreshFindings,
  selectUsers,
  summarizeMembers,
} from '../../src/rollout/operations.ts'
import { createSid } from '../../src/ids.ts'
import { ALL } from '../support/request.ts'
import { codeOf, createCustomer, db, good } from './customer.ts'

it('selects the union of a domain, accounts and users, each user once', async () => {
  const c = await createCustomer()
  const [ann = '', ben = '', cyn = '', dan = ''] = await c.addPeople([
    'ann@tenant.example',
    'ben@tenant.example',
    'cyn@else.example',
    'dan@else.example',
  ])
  await c.addPeople(['eve@else.example'])
  await c.verifyDomain('tenant.example')
  const account = await c.addAccount([ben, cyn])
  const sid = await c.select({
    domains: ['Tenant.Example'],
    accounts: [account],
    users: [dan, ann],
  })
  const version = await c.frozen(sid)
  expect(await c.emailsOf(sid, version)).toEqual([
    'ann@tenant.example',
    'ben@tenant.example',
    'cyn@else.example',
    'dan@else.example',
  ])
})

it('selects everybody of this tenant, and nobody of another', async () => {
  const other = await createCustomer()
  const [guest = ''] = await other.addPeople(['guest@other.example'])
  const c = await createCustomer()
  const people = ['ann@tenant.example', 'ben@else.example', 'cyn@third.example']
  const [ann = ''] = await c.addPeople(people)
  const account = await c.addAccount([ann, guest])
  const sid = await c.select({ accounts: [account], users: [ann] })
  expect(good(await editSelectors(c.ask(), sid, { everybody: true })).rollout.selectors).toEqual({
    everybody: true,
    fromConnection: false,
    domains: [],
    accounts: [account],
  })
  CHUNK.rows = 2
  onTestFinished(() => void (CHUNK.rows = 1000))
  const version = await c.frozen(sid)
  expect(await c.emailsOf(sid, version)).toEqual(people)
  // Where everybody is selected, no account is outside the selection.
  await c.addAccount([ann])
  await c.finish(() => refreshFindings(c.ask(c.admin), sid))
  expect((await c.memberOf(sid, ann, version))!.findings).toEqual(['never_proved'])
  // Then nobody else needs to be named; without it, somebody does.
  const named = async (everybody: boolean) =>
    good(await editSelectors(c.ask(), sid, { everybody, accounts: [] }))
  good(await deselectUsers(c.ask(), sid, null))
  await named(false)
  expect(codeOf(await freeze(c.ask(), sid))).toEqual(['input', 'selectors'])
  await named(true)
  expect(await c.emailsOf(sid, await c.frozen(sid))).toEqual(people)
})

it('selects users by login e-mail, of this tenant alone, and refuses a name of two', async () => {
  const other = await createCustomer()
  await other.addPeople(['foreign@other.example'])
  const c = await createCustomer()
  const [ann = '', ben = ''] = await c.addPeople(['ann@tenant.example', 'ben@tenant.example'])
  await db.update(users).set({ externalID: 'ben@tenant.example' }).where(eq(users.sid, ann))
  const sid = await c.select({})
  const names = ['foreign@other.example', 'ben@tenant.example', 'ANN@tenant.example', ann]
  const answer = good(await selectUsers(c.ask(), sid, names))
  expect(answer).toMatchObject({ taken: 1, selected: 1 })
  expect(answer.problems.map(({ value, code }) => [value, code])).toEqual([
    ['foreign@other.example', 'unknown'],
    ['ben@tenant.example', 'ambiguous'],
    [ann, 'duplicate'],
  ])
  await db.update(users).set({ externalID: null }).where(eq(users.sid, ann))
  expect(good(await selectUsers(c.ask(), sid, ['ben@tenant.example'])).selected).toBe(2)
  expect(ben).not.toBe(ann)
})

it('takes a domain exactly: neither subdomains nor lookalikes', async () => {
  const c = await createCustomer()
  await c.addPeople([
    'a@tenant.example',
    'b@mail.tenant.example',
    'c@xtenant.example',
    'd@tenant.example.evil.example',
    'e@second.example',
  ])
  await c.verifyDomain('tenant.example')
  // Theirs too, and not meant.
  await c.verifyDomain('second.example')
  const sid = await c.select({ domains: ['tenant.example'] })
  expect(await c.emailsOf(sid, await c.frozen(sid))).toEqual(['a@tenant.example'])
})

it('reports each domain that cannot be taken, and takes the others', async () => {
  const other = await createCustomer()
  await other.verifyDomain('other.example')
  const c = await createCustomer()
  await c.verifyDomain('tenant.example')
  const sid = await c.select({})
  const { rollout, problems } = good(
    await editSelectors(c.ask(), sid, {
      domains: ['tenant.example', 'nobody.example', 'other.example', 'no domain', 'TENANT.example'],
    }),
  )
  expect(rollout.selectors.domains).toEqual(['tenant.example'])
  expect(problems).toEqual([
    { kind: 'domain', value: 'nobody.example', code: 'unverified' },
    { kind: 'domain', value: 'other.example', code: 'foreign' },
    { kind: 'domain', value: 'no domain', code: 'malformed' },
    { kind: 'domain', value: 'TENANT.example', code: 'duplicate' },
  ])
})

it('domain_unproven: freezes no domain that was lost since it was chosen', async () => {
  const c = await createCustomer()
  await c.addPeople(['a@tenant.example'])
  await c.verifyDomain('tenant.example')
  const sid = await c.select({ domains: ['tenant.example'] })
  await db.update(domains).set({ verifiedAt: null }).where(eq(domains.tenantSid, c.tenantSid))
  expect(codeOf(await freeze(c.ask(), sid))).toEqual(['domain_unproven', 'domains'])
})

it('reports each user that cannot be taken: malformed, unknown, foreign, duplicate, suspended', async () => {
  const other = await createCustomer()
  const [foreign = ''] = await other.addPeople(['foreign@other.example'])
  const c = await createCustomer()
  const [ann = '', ben = '', gone = ''] = await c.addPeople([
    'ann@tenant.example',
    'ben@tenant.example',
    'gone@tenant.example',
  ])
  await db.update(users).set({ externalID: '4711' }).where(eq(users.sid, ben))
  await db.update(users).set({ externalID: 'theirs' }).where(eq(users.sid, foreign))
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, gone))
  const sid = await c.select({})
  const strangers = createSid('US')
  const account = createSid('AC')
  const names = [
    ann,
    '4711',
    ben,
    gone,
    foreign,
    'theirs',
    strangers,
    'nobody',
    account,
    ' 4711',
    '',
  ]
  const answer = good(await selectUsers(c.ask(), sid, names))
  expect(answer).toMatchObject({ taken: 3, selected: 3 })
  expect(answer.problems.map(({ value, code }) => [value, code])).toEqual([
    [ben, 'duplicate'],
    [foreign, 'foreign'],
    ['theirs', 'unknown'],
    [strangers, 'unknown'],
    ['nobody', 'unknown'],
    [account, 'malformed'],
    [' 4711', 'malformed'],
    ['', 'malformed'],
    [gone, 'suspended'],
  ])
  // The same call again, as after a lost answer.
  expect(good(await selectUsers(c.ask(), sid, names)).selected).toBe(3)
  expect(good(await deselectUsers(c.ask(), sid, [ann])).selected).toBe(2)
  expect(good(await deselectUsers(c.ask(), sid, null)).selected).toBe(0)
})

it('never selects another tenant’s users by domain, SID or account', async () => {
  const other = await createCustomer()
  const [foreign = ''] = await other.addPeople(['foreign@tenant.example'])
  const theirs = await other.addAccount([foreign])
  const c = await createCustomer()
  // createCustomer has taken the address away: it is given back.
  await db.update(users).set({ emailKey: 'foreign@tenant.example' }).where(eq(users.sid, foreign))
  const [ann = ''] = await c.addPeople(['ann@tenant.example'])
  await c.verifyDomain('tenant.example')
  const shared = await c.addAccount([ann, foreign])
  const sid = await c.select({ domains: ['tenant.example'], accounts: [shared], users: [foreign] })
  const edited = good(await editSelectors(c.ask(), sid, { accounts: [shared, theirs] }))
  expect(edited.problems).toEqual([{ kind: 'account', value: theirs, code: 'foreign' }])
  const version = await c.frozen(sid)
  expect(await c.emailsOf(sid, version)).toEqual(['ann@tenant.example'])
  expect(good(await summarizeMembers(c.ask(), sid))).toMatchObject({ rows: 1, foreignUsers: 1 })
})

it('is the operators’: customers look at their own rollouts, and at nobody else’s', async () => {
  const c = await createCustomer()
  const sid = await c.select({})
  const eve = c.ask(tenantAdmin({ id: 'eve', name: 'eve' }, 'TN0'))
  expect(codeOf(await createRollout(c.ask(c.admin), c.connectionSid, { name: 'x' }))).toEqual([
    'forbidden',
  ])
  expect(codeOf(await createRollout(eve, c.connectionSid, { name: 'x' }))).toEqual(['not_there'])
  expect(codeOf(await createRollout(c.ask(), c.connectionSid, { name: '' }))).toEqual([
    'input',
    'name',
  ])
  for (const call of [
    () => editSelectors(c.ask(c.admin), sid, { domains: [] }),
    () => selectUsers(c.ask(c.admin), sid, []),
    () => deselectUsers(c.ask(c.admin), sid, null),
    () => freeze(c.ask(c.admin), sid),
  ])
    expect(codeOf(await call())).toEqual(['forbidden'])
  expect(good(await getRollout(c.ask(c.admin), sid)).sid).toBe(sid)
  expect(codeOf(await getRollout(eve, sid))).toEqual(['not_there'])
  const of = { connectionSid: c.connectionSid }
  expect(good(await listRollouts(c.ask(c.admin), of, ALL)).items).toHaveLength(1)
  expect(codeOf(await listRollouts(eve, of, ALL))).toEqual(['not_there'])
  expect(codeOf(await listRollouts(eve, { tenantSid: c.tenantSid }, ALL))).toEqual(['not_there'])
  expect(codeOf(await listRollouts(c.ask(c.admin), {}, ALL))).toEqual(['not_there'])
})

it('freezes nothing where nothing is selected', async () => {
  const c = await createCustomer()
  const sid = await c.select({})
  expect(codeOf(await freeze(c.ask(), sid))).toEqual(['input', 'selectors'])
})

it('adds nobody to a frozen list: a new version shows whom it adds and drops', async () => {
  const c = await createCustomer()
  await c.verifyDomain('tenant.example')
  const [ann = ''] = await c.addPeople(['ann@tenant.example', 'ben@tenant.example'])
  const sid = await c.select({ domains: ['tenant.example'] })
  const first = await c.frozen(sid)
  await c.addPeople(['new@tenant.example'])
  await db
    .update(users)
    .set({ email: 'ann@else.example', emailKey: 'ann@else.example' })
    .where(eq(users.sid, ann))
  expect(await c.emailsOf(sid, first)).toEqual(['ann@else.example', 'ben@tenant.example'])
  const second = await c.frozen(sid)
  expect([first, second]).toEqual([1, 2])
  const compared = good(await compareVersions(c.ask(), sid, first, second, { limit: 10 }))
  expect(compared).toMatchObject({
    added: { total: 1, users: [{ email: 'new@tenant.example' }], next: null },
    dropped: { total: 1, users: [{ email: 'ann@else.example' }], next: null },
  })
  expect(codeOf(await compareVersions(c.ask(), sid, 0, second, { limit: 10 }))).toEqual([
    'input',
    'from',
  ])
})

it('freezes in chunks, goes on after every stop, and leaves out who came in between', async () => {
  const c = await createCustomer()
  await c.verifyDomain('tenant.example')
  const now = Date.now()
  // More than two chunks, all created at the same moment.
  await db.batch([
    db.insert(users).values(
      Array.from({ length: 7 }, (_, index) => ({
        sid: createSid('US'),
        tenantSid: c.tenantSid,
        email: `x${index}@tenant.example`,
        emailKey: `x${index}@tenant.example`,
        createdAt: 1,
        updatedAt: 1,
      })),
    ),
  ])
  await addMany(c.tenantSid, 2300)
  const account = await c.addAccount(await c.addPeople(['zoe@else.example']))
  const sid = await c.select({ domains: ['tenant.example'], accounts: [account] })
  const first = good(await freeze(c.ask(), sid))
  expect(first).toMatchObject({ version: 1, done: false, seen: 1000 })
  expect(first.remaining).toBeGreaterThan(1300)
  expect(good(await getRollout(c.ask(), sid)).frozen).toBe(false)
  // The selection stays what it is until then.
  expect(codeOf(await editSelectors(c.ask(), sid, { domains: [] }))).toEqual(['rollout_under_way'])
  expect(codeOf(await selectUsers(c.ask(), sid, []))).toEqual(['rollout_under_way'])
  await c.world.addUser('late@tenant.example', {
    signInMethod: 'password',
    createdAt: now + 60_000,
  })
  // Two at once take turns.
  const both = await Promise.all([freeze(c.ask(), sid), freeze(c.ask(), sid)])
  expect(both.map((one) => good(one).done)).toEqual([false, false])
  await c.finish(() => freeze(c.ask(), sid))
  const rollout = good(await getRollout(c.ask(), sid))
  expect(rollout).toMatchObject({ version: 1, frozen: true })
  expect(rollout.cursors).toEqual({})
  const emails = await c.emailsOf(sid, 1)
  expect(emails).toHaveLength(2308)
  expect(new Set(emails).size).toBe(2308)
  expect(emails).not.toContain('late@tenant.example')
})

it('a call that comes late to a list that is complete adds nothing to it', async () => {
  const c = await createCustomer()
  await c.verifyDomain('tenant.example')
  await addMany(c.tenantSid, 1500)
  const sid = await c.select({ domains: ['tenant.example'] })
  const all = db.all.bind(db)
  let isLate = false
  // Between its look at the list and its statements, others do the rest.
  const slow = Object.assign(Object.create(db) as typeof db, {
    all: async (query: Parameters<typeof db.all>[0]) => {
      const rows = await all(query)
      const isChunk = Array.isArray(rows) && rows[0] !== undefined && 'last' in (rows[0] as object)
      if (isChunk && !isLate) {
        isLate = true
        await c.finish(() => freeze(c.ask(), sid))
      }
      return rows
    },
  })
  const late = good(await freeze({ ...c.ask(), db: slow }, sid))
  expect(isLate).toBe(true)
  expect(late.done).toBe(false)
  const rollout = good(await getRollout(c.ask(), sid))
  expect(rollout).toMatchObject({ version: 1, frozen: true })
  expect(rollout.cursors).toEqual({})
})

async function addMany(tenantSid: string, count: number): Promise<void> {
  await db.run(
    sql`INSERT INTO users (sid, tenant_sid, email, email_key, created_at, updated_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      SELECT 'US' || lower(hex(randomblob(16))), ${tenantSid}, i || '@tenant.example', i || '@tenant.example', 5, 5 FROM n`,
  )
}
