import { eq, sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { connections, memberships, scimUsers, users } from '../../src/platform/db/schema.ts'
import {
  decideMembers,
  freeze,
  listMembers,
  mapAlias,
  membersCSV,
  refreshFindings,
  review,
  summarizeMembers,
  uploadIdpUsers,
  type Finding,
} from '../../src/rollout/operations.ts'
import { codeOf, createCustomer, createReadyCustomer, db, good, type Customer } from './customer.ts'

const upload = (
  c: Pick<Customer, 'ask' | 'admin' | 'connectionSid'>,
  emails: string[],
  name = 'one',
) =>
  uploadIdpUsers(c.ask(c.admin), c.connectionSid, {
    upload: name,
    emails,
    excludes: 10,
    isLast: true,
  })

async function findingsOf(c: Customer, sid: string): Promise<Record<string, string>> {
  const page = good(await listMembers(c.ask(), sid, {}, { limit: 100, after: null }))
  return Object.fromEntries(
    page.items.map(({ email, findings, included }) => [
      email.split('@')[0]!,
      `${included ? 'in' : 'out'}: ${findings.join(' ')}`,
    ]),
  )
}

it('finds what a reviewer should know of each row, and leaves out what has to be cured', async () => {
  const other = await createCustomer()
  const c = await createCustomer()
  await c.verifyDomain('tenant.example')
  const names = [
    'plain',
    'alias',
    'plus+tag',
    'many',
    'contractor',
    'bound',
    'gone',
    'key',
    'known',
  ]
  const people = await c.addPeople(names.map((name) => `${name}@tenant.example`))
  const [, , , many, contractor, bound, gone, key, known] = people as string[]
  const [far = ''] = await c.addPeople(['far@else.example'])
  const account = await c.addAccount([...people, far])
  await c.addAccount([many!])
  await c.addAccount([contractor!], other.tenantSid)
  const second = await createSecondConnection(c)
  await db
    .update(users)
    .set({ signInMethod: 'sso_enabled', connectionSid: second })
    .where(eq(users.sid, bound!))
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, gone!))
  await c.addOwner('key@tenant.example')
  expect(key).toBeDefined()
  await c.prove([known!])
  const listed = ['plain', 'plus+tag', 'many', 'contractor', 'bound', 'gone', 'key', 'known', 'far']
  good(
    await upload(
      c,
      listed.map((name) => (name === 'far' ? 'far@else.example' : `${name}@tenant.example`)),
    ),
  )
  const sid = await c.select({ accounts: [account] })
  await c.frozen(sid)
  expect(await findingsOf(c, sid)).toEqual({
    plain: 'in: never_proved',
    alias: 'out: alias never_proved',
    'plus+tag': 'in: plus_address never_proved',
    many: 'in: other_accounts never_proved',
    contractor: 'out: other_tenant never_proved',
    bound: 'out: other_connection never_proved',
    gone: 'out: suspended never_proved',
    key: 'in: break_glass never_proved',
    known: 'in: proved',
    far: 'in: other_domain never_proved',
  })
  const summary = good(await summarizeMembers(c.ask(c.admin), sid))
  expect(summary).toMatchObject({ rows: 10, included: 6, excluded: 4, undecided: 10, frozen: true })
  expect(summary.findings.never_proved).toEqual({ rows: 9, included: 5 })
  expect(summary.findings.alias).toEqual({ rows: 1, included: 0 })
  const page = await listMembers(c.ask(), sid, { finding: 'alias' }, { limit: 9, after: null })
  expect(good(page).items).toMatchObject([{ email: 'alias@tenant.example' }])
})

async function createSecondConnection(c: Customer): Promise<string> {
  const sid = `CN${crypto.randomUUID().replaceAll('-', '')}`
  await db.insert(connections).values({
    sid,
    tenantSid: c.tenantSid,
    name: 'Other IdP',
    state: 'live',
    entityID: 'https://other.example',
    createdAt: 1,
    updatedAt: 1,
  })
  return sid
}

it('calls nobody proved by another IdP than the connection has now', async () => {
  const c = await createReadyCustomer(['ann@tenant.example'])
  await c.prove(c.people)
  const sid = await c.select({ accounts: [c.account] })
  await c.frozen(sid)
  expect(await findingsOf(c, sid)).toEqual({ ann: 'in: proved' })
  await db
    .update(connections)
    .set({ entityID: 'https://new-idp.example' })
    .where(eq(connections.sid, c.connectionSid))
  await c.finish(() => refreshFindings(c.ask(), sid))
  expect(await findingsOf(c, sid)).toEqual({ ann: 'in: never_proved' })
})

it('finds no aliases before the IdP’s list is there whole', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', 'ben@tenant.example'])
  const part = { upload: 'one', emails: ['ann@tenant.example'], isLast: false }
  good(await uploadIdpUsers(c.ask(c.admin), c.connectionSid, part))
  const sid = await c.select({ accounts: [c.account] })
  await c.frozen(sid)
  expect(await findingsOf(c, sid)).toEqual({ ann: 'in: never_proved', ben: 'in: never_proved' })
  good(await upload(c, []))
  await c.finish(() => refreshFindings(c.ask(c.admin), sid))
  expect(await findingsOf(c, sid)).toEqual({
    ann: 'in: never_proved',
    ben: 'out: alias never_proved',
  })
})

it('takes nobody in whom a finding keeps out, one by one or in bulk', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', 'ben@tenant.example'])
  const [, ben = ''] = c.people
  good(await upload(c, ['ann@tenant.example']))
  const sid = await c.select({ accounts: [c.account] })
  const version = await c.frozen(sid)
  const include = { included: true, reason: null }
  const refused = [{ userSid: ben, findings: ['alias', 'never_proved'] as Finding[] }]
  const one = await decideMembers(c.ask(c.admin), sid, version, { users: [ben] }, include)
  expect(good(one)).toEqual({ decided: 0, refused, next: null })
  const all = await decideMembers(c.ask(c.admin), sid, version, { finding: null }, include)
  expect(good(all)).toEqual({ decided: 1, refused, next: null })
  expect((await c.memberOf(sid, ben, version))!.included).toBe(false)
})

it('takes somebody in whose finding came after the list was made only by what is so now', async () => {
  const c = await createReadyCustomer(['ann@tenant.example'])
  const [ann = ''] = c.people
  const sid = await c.select({ accounts: [c.account] })
  const version = await c.frozen(sid)
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, ann))
  const include = { included: true, reason: null }
  const decide = () => decideMembers(c.ask(), sid, version, { users: [ann] }, include)
  expect(good(await decide()).refused).toMatchObject([{ userSid: ann }])
  await db.update(users).set({ suspendedAt: null }).where(eq(users.sid, ann))
  expect((await c.memberOf(sid, ann, version))!.included).toBe(false)
  expect(good(await decide())).toMatchObject({ decided: 1, refused: [] })
})

it('lets an alias in after the address is mapped, or after the login e-mail is changed', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', 'ben@tenant.example'])
  const [ann = '', ben = ''] = c.people
  good(await upload(c, ['a.berg@tenant.example', 'benjamin@tenant.example']))
  const sid = await c.select({ accounts: [c.account] })
  const version = await c.frozen(sid)
  const alias = { email: 'A.Berg@tenant.example', user: ann }
  good(await mapAlias(c.ask(c.admin), c.connectionSid, alias))
  // The row says so at once.
  expect(await findingsOf(c, sid)).toEqual({
    ann: 'in: never_proved',
    ben: 'out: alias never_proved',
  })
  const renamed = 'benjamin@tenant.example'
  await db.update(users).set({ email: renamed, emailKey: renamed }).where(eq(users.sid, ben))
  const include = { included: true, reason: null }
  const decided = await decideMembers(c.ask(), sid, version, { users: [ann, ben] }, include)
  expect(good(decided)).toEqual({ decided: 2, refused: [], next: null })
})

it('asks for a reason to leave somebody out, and keeps who said it', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', 'ben@tenant.example'])
  const [ann = ''] = c.people
  const sid = await c.select({ accounts: [c.account] })
  const version = await c.frozen(sid)
  const leaveOut = (reason: string | null) =>
    decideMembers(c.ask(c.admin), sid, version, { users: [ann] }, { included: false, reason })
  expect(codeOf(await leaveOut(' '))).toEqual(['input', 'reason'])
  expect(codeOf(await leaveOut('x'.repeat(501)))).toEqual(['input', 'reason'])
  expect(good(await leaveOut('on leave'))).toMatchObject({ decided: 1 })
  expect(await c.memberOf(sid, ann, version)).toMatchObject({
    included: false,
    reason: 'on leave',
    decidedBy: 'customer admin carla',
  })
  const out = await listMembers(
    c.ask(),
    sid,
    { included: false, decided: true },
    {
      limit: 10,
      after: null,
    },
  )
  expect(good(out).items).toMatchObject([{ email: 'ann@tenant.example', reason: 'on leave' }])
})

it('decides in bulk by a finding, and leaves the others alone', async () => {
  const c = await createReadyCustomer([
    'ann@tenant.example',
    'b+x@tenant.example',
    'c+x@tenant.example',
  ])
  const sid = await c.select({ accounts: [c.account] })
  const version = await c.frozen(sid)
  const rows = { finding: 'plus_address' } as const
  const decision = { included: false, reason: 'test accounts' }
  const decided = good(await decideMembers(c.ask(c.admin), sid, version, rows, decision))
  expect(decided).toEqual({ decided: 2, refused: [], next: null })
  expect(await findingsOf(c, sid)).toMatchObject({ ann: 'in: never_proved' })
  expect(good(await summarizeMembers(c.ask(), sid))).toMatchObject({ included: 1, excluded: 2 })
})

it('carries what reviewers have decided over to the next version', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', 'ben@tenant.example'])
  const [ann = '', ben = ''] = c.people
  const sid = await c.select({ accounts: [c.account] })
  const first = await c.frozen(sid)
  const decide = (userSid: string, included: boolean) =>
    decideMembers(c.ask(c.admin), sid, first, { users: [userSid] }, { included, reason: 'because' })
  await decide(ann, false)
  await decide(ben, true)
  // A blocker is stronger than what was decided before it came.
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, ben))
  const second = await c.frozen(sid)
  expect(await c.memberOf(sid, ann, second)).toMatchObject({
    included: false,
    reason: 'because',
    decidedBy: 'customer admin carla',
  })
  expect(await c.memberOf(sid, ben, second)).toMatchObject({ included: false })
})

it('rollout_stale and rollout_not_frozen: decides and reviews the newest complete list alone', async () => {
  const c = await createReadyCustomer(['ann@tenant.example'])
  const sid = await c.select({ accounts: [c.account] })
  const rows = { finding: null }
  const decision = { included: true, reason: null }
  const say = { includedExistInIdP: true }
  expect(codeOf(await review(c.ask(c.admin), sid, { version: 0, ...say }))[0]).toBe('rollout_stale')
  const first = await c.frozen(sid)
  const second = await c.frozen(sid)
  expect(codeOf(await decideMembers(c.ask(), sid, first, rows, decision))[0]).toBe('rollout_stale')
  expect(codeOf(await review(c.ask(), sid, { version: first, ...say }))[0]).toBe('rollout_stale')
  const unsaid = { version: second, includedExistInIdP: false }
  expect(codeOf(await review(c.ask(), sid, unsaid))).toEqual(['input', 'includedExistInIdP'])
  await c.addAccount(await manyPeople(c))
  good(await freeze(c.ask(), await selectAll(c, sid)))
  expect(codeOf(await review(c.ask(), sid, { version: 3, ...say }))).toEqual(['rollout_not_frozen'])
  expect(codeOf(await decideMembers(c.ask(), sid, 3, rows, decision))).toEqual([
    'rollout_not_frozen',
  ])
})

/** Makes the rollout's account so large that one call does not freeze it. */
async function selectAll(c: Customer & { account: string }, sid: string): Promise<string> {
  const rows = await db
    .select({ sid: users.sid })
    .from(users)
    .where(eq(users.tenantSid, c.tenantSid))
  for (let start = 0; start < rows.length; start += 40)
    await db
      .insert(memberships)
      .values(
        rows.slice(start, start + 40).map((row) => ({ accountSid: c.account, userSid: row.sid })),
      )
      .onConflictDoNothing()
  return sid
}

async function manyPeople(c: Customer): Promise<string[]> {
  await db.run(
    sql`INSERT INTO users (sid, tenant_sid, email, email_key, created_at, updated_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
      SELECT 'US' || lower(hex(randomblob(16))), ${c.tenantSid}, i || '@many.example', i || '@many.example', 5, 5 FROM n`,
  )
  return []
}

it('gives the list as CSV in which nothing is computed', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', '-ben@tenant.example'])
  const [ann = ''] = c.people
  await db
    .update(users)
    .set({
      firstName: '=HYPERLINK("https://evil.example")',
      lastName: 'O"Hara, Ann',
      externalID: '@x',
    })
    .where(eq(users.sid, ann))
  const sid = await c.select({ accounts: [c.account] })
  await c.frozen(sid)
  let text = ''
  for await (const part of membersCSV(c.ask(c.admin), sid, {})) text += part
  const [head, ben, row] = text.split('\r\n')
  expect(head).toContain('"login e-mail","first name"')
  expect(ben).toContain(`"'-ben@tenant.example"`)
  expect(row).toContain(
    `"ann@tenant.example","'=HYPERLINK(""https://evil.example"")","O""Hara, Ann","${ann}","'@x","yes","never_proved",""`,
  )
})

it('takes whom the IdP provisions for known to it, and nobody for missing because it does not', async () => {
  const c = await createCustomer()
  const emails = ['listed', 'provisioned', 'inactive', 'deleted', 'elsewhere', 'neither']
  const people = await c.addPeople(emails.map((name) => `${name}@tenant.example`))
  const account = await c.addAccount(people)
  const second = await createSecondConnection(c)
  const said = (at: number, link: Partial<typeof scimUsers.$inferInsert> = {}) => ({
    connectionSid: c.connectionSid,
    userSid: people[at]!,
    userName: emails[at]!,
    userNameKey: emails[at]!,
    active: true,
    createdAt: 1,
    updatedAt: 1,
    ...link,
  })
  await db
    .insert(scimUsers)
    .values([
      said(1),
      said(2, { active: false }),
      said(3, { active: false, userName: '', userNameKey: ' 3' }),
      said(4, { connectionSid: second }),
    ])
  const sid = await c.select({ accounts: [account] })
  await c.frozen(sid)
  // Without the IdP's own list nobody is missing: it provisions whom it is told to.
  const aliases = async () =>
    Object.entries(await findingsOf(c, sid))
      .filter(([, findings]) => findings.includes('alias'))
      .map(([name]) => name)
  expect(await aliases()).toEqual([])
  good(await upload(c, ['listed@tenant.example']))
  good(await refreshFindings(c.ask(), sid))
  expect(await aliases()).toEqual(['deleted', 'elsewhere', 'inactive', 'neither'])
})
