// Imports against the database: what each row comes to, taken once, whatever happens in between.
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { tenantAdmin } from '../../../src/events/actor.ts'
import { openDatabase } from '../../../src/platform/db/client.ts'
import { accounts, imports, memberships, users } from '../../../src/platform/db/schema.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import {
  createImport,
  finishImport,
  getImport,
  listImports,
  previewRows,
  takeRows,
} from '../../../src/directory/import/operations.ts'
import { createSid } from '../../../src/ids.ts'
import { ALL, codeOf, good, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'

let world: World
let sid: string

beforeEach(async () => {
  world = await createWorld()
  sid = await begin()
})

async function begin(digest?: string): Promise<string> {
  return good(await createImport(request(), world.tenantSid, { name: 'users.csv', digest })).sid
}

const take = (rows: unknown[], from = 0, options = {}, of = sid) =>
  takeRows(request(), of, from, rows, options)

/** Each row's result, or the code and field that refuse it. */
async function results(rows: unknown[], from = 0, options = {}, of = sid) {
  return good(await take(rows, from, options, of)).verdicts.map(({ result, problem }) =>
    problem ? [problem.code, problem.field] : result,
  )
}

const peopleOf = (tenantSid: string) =>
  db.select().from(users).where(eq(users.tenantSid, tenantSid)).orderBy(users.emailKey)

async function addAccount(externalID: string, tenantSid = world.tenantSid): Promise<string> {
  const account = { sid: createSid('AC'), tenantSid, externalID, name: externalID, createdAt: 1 }
  await db.insert(accounts).values(account)
  return account.sid
}

async function accountsOf(email: string): Promise<(string | null)[]> {
  const rows = await db
    .select({ externalID: accounts.externalID })
    .from(memberships)
    .innerJoin(users, eq(users.sid, memberships.userSid))
    .innerJoin(accounts, eq(accounts.sid, memberships.accountSid))
    .where(eq(users.emailKey, email))
    .orderBy(accounts.externalID)
  return rows.map(({ externalID }) => externalID)
}

describe('a row', () => {
  it('creates, then changes nothing, then updates what it says', async () => {
    await addAccount('north')
    await addAccount('south')
    const row = {
      email: 'Ann@Tenant.Example',
      firstName: ' Ann ',
      lastName: 'Ford',
      externalID: 7,
      accounts: ['north', 'south'],
    }
    expect(await results([row])).toEqual(['created'])
    const [ann] = await peopleOf(world.tenantSid)
    expect(ann).toMatchObject({
      email: 'Ann@tenant.example',
      emailKey: 'ann@tenant.example',
      firstName: 'Ann',
      externalID: '7',
      signInMethod: 'password',
      connectionSid: null,
      suspendedAt: null,
    })
    expect(await accountsOf('ann@tenant.example')).toEqual(['north', 'south'])

    const second = await begin()
    expect(await results([row], 0, {}, second)).toEqual(['unchanged'])
    const [same] = await peopleOf(world.tenantSid)
    expect(same).toEqual({ ...ann, importSid: second })

    const third = await begin()
    const changed = { email: 'ann@tenant.example', lastName: null, accounts: ['south'] }
    expect(await results([{ ...changed, suspended: true }], 0, {}, third)).toEqual(['updated'])
    const [after] = await peopleOf(world.tenantSid)
    // The first name was not said, and stays.
    expect(after).toMatchObject({ firstName: 'Ann', lastName: null, externalID: '7' })
    expect(after!.suspendedAt).not.toBeNull()
    expect(await accountsOf('ann@tenant.example')).toEqual(['south'])

    const fourth = await begin()
    const back = { email: 'ann@tenant.example', accounts: [], suspended: false }
    expect(await results([back], 0, {}, fourth)).toEqual(['updated'])
    expect((await peopleOf(world.tenantSid))[0]!.suspendedAt).toBeNull()
    expect(await accountsOf('ann@tenant.example')).toEqual([])
  })

  it('keeps how a user signs in', async () => {
    await world.addUser('eva@tenant.example', { signInMethod: 'sso_enforced' })
    expect(await results([{ email: 'eva@tenant.example', firstName: 'Eva' }])).toEqual(['updated'])
    expect((await peopleOf(world.tenantSid))[0]).toMatchObject({
      signInMethod: 'sso_enforced',
      connectionSid: world.connectionSid,
    })
  })

  it('finds a user by external id first, and so changes the login e-mail', async () => {
    expect(await results([{ email: 'ann@tenant.example', externalID: 'x' }])).toEqual(['created'])
    const second = await begin()
    expect(
      await results([{ email: 'ann.new@tenant.example', externalID: 'x' }], 0, {}, second),
    ).toEqual(['updated'])
    const people = await peopleOf(world.tenantSid)
    expect(people.map(({ emailKey }) => emailKey)).toEqual(['ann.new@tenant.example'])
  })

  it('takes an address that a row before it has given up', async () => {
    await results([{ email: 'a@tenant.example', externalID: '1' }])
    const second = await begin()
    const rows = [
      { email: 'b@tenant.example', externalID: '1' },
      { email: 'a@tenant.example', externalID: '2' },
    ]
    expect(await results(rows, 0, {}, second)).toEqual(['updated', 'created'])
    // Handed on between users that are there: in whatever order the database goes through them.
    const third = await begin()
    const chain = [
      { email: 'c@tenant.example', externalID: '2' },
      { email: 'a@tenant.example', externalID: '1' },
    ]
    expect(await results(chain, 0, {}, third)).toEqual(['updated', 'updated'])
    const fourth = await begin()
    const swap = [
      { email: 'a@tenant.example', externalID: '2' },
      { email: 'c@tenant.example', externalID: '1' },
    ]
    expect(await results(swap, 0, {}, fourth)).toEqual([
      ['already_there', 'email'],
      ['already_there', 'email'],
    ])
    const people = await peopleOf(world.tenantSid)
    expect(people.map(({ emailKey, externalID }) => [emailKey, externalID])).toEqual([
      ['a@tenant.example', '1'],
      ['c@tenant.example', '2'],
    ])
  })

  it('is refused with the field where it does not fit, and the others go on', async () => {
    const email = 'x@tenant.example'
    const bad: [unknown, string | undefined][] = [
      ['2 cells instead of 3', undefined],
      [null, undefined],
      [[email], undefined],
      [{}, 'email'],
      [{ email: 'x' }, 'email'],
      [{ email: 'x@tenant.example\n y@tenant.example' }, 'email'],
      [{ email: 'ü@tenant.example' }, 'email'],
      [{ email: 'x@tenаnt.example' }, 'email'],
      [{ email: ['x@tenant.example'] }, 'email'],
      [{ email, role: 'admin' }, 'role'],
      [{ email, signInMethod: 'password' }, 'signInMethod'],
      [{ email, tenantSid: world.tenantSid }, 'tenantSid'],
      [{ email, firstName: 'A\u0007' }, 'firstName'],
      [{ email, firstName: 'A\nB' }, 'firstName'],
      [{ email, lastName: 'x'.repeat(201) }, 'lastName'],
      [{ email, lastName: 'gnp\u202Eexe' }, 'lastName'],
      [{ email, lastName: '\uD800' }, 'lastName'],
      [{ email, firstName: 3 }, 'firstName'],
      [{ email, externalID: 1.5 }, 'externalID'],
      [{ email, externalID: `US${'0'.repeat(32)}` }, 'externalID'],
      [{ email, accounts: 'north' }, 'accounts'],
      [{ email, accounts: [{}] }, 'accounts'],
      [{ email, accounts: Array.from({ length: 101 }, String) }, 'accounts'],
      [{ email, suspended: 'maybe' }, 'suspended'],
    ]
    const rows = [...bad.map(([row]) => row), { email: 'good@tenant.example' }]
    expect(await results(rows)).toEqual([...bad.map(([, field]) => ['input', field]), 'created'])
    expect(await peopleOf(world.tenantSid)).toHaveLength(1)
    expect(await getImport(request(), sid)).toMatchObject({
      value: { position: rows.length, created: 1, refused: bad.length },
    })
  })

  it('is refused where it comes twice, in one chunk or another', async () => {
    expect(
      await results([
        { email: 'ann@tenant.example', externalID: '1' },
        { email: 'ANN@tenant.example', firstName: 'Other' },
        { email: 'bea@tenant.example', externalID: '1' },
      ]),
    ).toEqual(['created', ['row_repeated', 'email'], ['row_repeated', 'externalID']])
    const answer = good(await take([{ email: 'ann@TENANT.example' }], 3))
    expect(answer.verdicts[0]!.problem).toMatchObject({
      code: 'row_repeated',
      received: 'the user of row 1',
    })
    const people = await peopleOf(world.tenantSid)
    expect(people).toMatchObject([{ firstName: null, email: 'ann@tenant.example' }])
  })

  it('is refused where somebody else has the e-mail, here or in another tenant', async () => {
    const other = await createWorld()
    await other.addUser('olaf@other.example')
    await results([{ email: 'ann@tenant.example', externalID: '1' }])
    const second = await begin()
    const rows = [
      { email: 'ann@tenant.example', externalID: '2' },
      { email: 'OLAF@other.example' },
      { email: 'bea@tenant.example', externalID: '1' },
    ]
    expect(await results(rows, 0, {}, second)).toEqual([
      ['address_waits', 'email'],
      ['already_there', 'email'],
      'updated',
    ])
    expect(await peopleOf(other.tenantSid)).toHaveLength(1)
  })

  it('takes accounts of its own tenant alone, and makes them where that is asked for', async () => {
    const own = await addAccount('north')
    const other = await createWorld()
    const foreign = await addAccount('north', other.tenantSid)
    const foreignOnly = await addAccount('their', other.tenantSid)
    const email = 'ann@tenant.example'
    const refused = ['not_there', 'accounts']
    expect(
      await results([
        { email, accounts: ['nowhere'] },
        { email, accounts: [foreign] },
        { email, accounts: [foreignOnly] },
        { email, accounts: ['their'] },
        { email, accounts: [own, 'north'] },
      ]),
    ).toEqual([refused, refused, refused, refused, 'created'])
    expect(await accountsOf(email)).toEqual(['north'])
    const second = await begin()
    const rows = [
      { email, accounts: ['north', 'new'] },
      { email: 'bea@tenant.example', accounts: ['new', `AC${'0'.repeat(32)}`, 'lost'] },
      { email: 'cy@tenant.example', accounts: ['new'] },
    ]
    expect(await results(rows, 0, { createAccounts: true }, second)).toEqual([
      'updated',
      refused,
      'created',
    ])
    expect(await accountsOf(email)).toEqual(['new', 'north'])
    const made = await db.select().from(accounts).where(eq(accounts.tenantSid, world.tenantSid))
    expect(made.map(({ name }) => name).toSorted()).toEqual(['new', 'north'])
  })

  it('leaves memberships in other tenants alone', async () => {
    const other = await createWorld()
    const foreign = await addAccount('their', other.tenantSid)
    await addAccount('north')
    const userSid = await world.addUser('ann@tenant.example')
    await db.insert(memberships).values({ accountSid: foreign, userSid })
    expect(await results([{ email: 'ann@tenant.example', accounts: ['north'] }])).toEqual([
      'updated',
    ])
    expect(await accountsOf('ann@tenant.example')).toEqual(['north', 'their'])
    const second = await begin()
    await results([{ email: 'ann@tenant.example', accounts: [] }], 0, {}, second)
    expect(await accountsOf('ann@tenant.example')).toEqual(['their'])
  })
})

describe('an import', () => {
  const row = (n: number) => ({ email: `u${n}@tenant.example`, externalID: n })

  it('takes each chunk once, in order, and ends once with its counts in the audit trail', async () => {
    const first = [row(1), row(2)]
    good(await take(first))
    expect(codeOf(await take(first))).toEqual(['import_position', 'from'])
    expect(codeOf(await take([row(9)], 5))).toEqual(['import_position', 'from'])
    expect(good(await getImport(request(), sid))).toMatchObject({ position: 2, created: 2 })
    good(await take([row(3), 'broken'], 2))
    const ended = good(await finishImport(request(), sid))
    expect(ended).toMatchObject({ position: 4, created: 3, refused: 1 })
    expect(good(await finishImport(request(), sid)).finishedAt).toBe(ended.finishedAt)
    expect(codeOf(await take([row(5)], 4))).toEqual(['import_position', 'from'])
    const trail = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.tenantSid, world.tenantSid))
    expect(trail.map(({ type, after }) => [type, after])).toEqual([
      ['import.started', { name: 'users.csv', digest: null }],
      [
        'import.finished',
        { name: 'users.csv', rows: 4, created: 3, updated: 0, unchanged: 0, refused: 1 },
      ],
    ])
  })

  it('takes a chunk once where it comes twice at the same moment', async () => {
    const rows = Array.from({ length: 50 }, (_, n) => row(n))
    const answers = await Promise.all([take(rows), take(rows), take(rows)])
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await peopleOf(world.tenantSid)).toHaveLength(50)
    expect(good(await getImport(request(), sid))).toMatchObject({ position: 50, created: 50 })
  })

  it('agrees with another one at the same moment, on users and on new accounts', async () => {
    const second = await begin()
    const rows = Array.from({ length: 50 }, (_, n) => ({ ...row(n), accounts: ['shared'] }))
    const options = { createAccounts: true }
    const [left, right] = await Promise.all([
      take(rows, 0, options),
      take(rows.toReversed(), 0, options, second),
    ])
    const created = [left, right].flatMap((answer) =>
      good(answer).verdicts.filter(({ result }) => result === 'created'),
    )
    expect(created).toHaveLength(50)
    expect(await peopleOf(world.tenantSid)).toHaveLength(50)
    expect(await accountsOf('u7@tenant.example')).toEqual(['shared'])
  })

  it('is begun once a file until it ends', async () => {
    const digest = 'a'.repeat(64)
    const one = await begin(digest)
    const again = await createImport(request(), world.tenantSid, { name: 'x', digest })
    expect(codeOf(again)).toEqual(['already_there', 'digest'])
    const found = good(await listImports(request(), world.tenantSid, ALL, digest))
    expect(found.items.map((item) => item.sid)).toEqual([one])
    good(await finishImport(request(), one))
    await begin(digest)
    // Without a digest nobody can tell.
    await begin()
    expect(good(await listImports(request(), world.tenantSid, ALL)).items).toHaveLength(4)
  })

  it('changes nothing in a preview', async () => {
    await world.addUser('ann@tenant.example')
    const rows = [
      { email: 'ann@tenant.example', firstName: 'Ann' },
      { email: 'bea@tenant.example', accounts: ['new'] },
      { email: 'BEA@tenant.example' },
    ]
    const verdicts = good(
      await previewRows(request(), world.tenantSid, rows, { createAccounts: true, from: 10 }),
    )
    expect(verdicts.map(({ row, result }) => [row, result])).toEqual([
      [11, 'updated'],
      [12, 'created'],
      [13, 'refused'],
    ])
    expect(verdicts[1]!.userSid).toBeNull()
    expect(await peopleOf(world.tenantSid)).toHaveLength(1)
    const made = await db.select().from(accounts).where(eq(accounts.tenantSid, world.tenantSid))
    expect(made).toEqual([])
  })

  it('is for operators; its tenant’s administrators look on, others see nothing', async () => {
    const admin = request(tenantAdmin({ id: 'carl', name: 'carl' }, world.tenantSid))
    const stranger = request(
      tenantAdmin({ id: 'eve', name: 'eve' }, (await createWorld()).tenantSid),
    )
    const input = { name: 'x' }
    expect(good(await getImport(admin, sid)).sid).toBe(sid)
    expect(good(await listImports(admin, world.tenantSid, ALL)).items).toHaveLength(1)
    for (const outcome of [
      await createImport(admin, world.tenantSid, input),
      await takeRows(admin, sid, 0, [row(1)]),
      await previewRows(admin, world.tenantSid, [row(1)]),
      await finishImport(admin, sid),
    ])
      expect(codeOf(outcome)).toEqual(['forbidden'])
    for (const outcome of [
      await createImport(stranger, world.tenantSid, input),
      await getImport(stranger, sid),
      await listImports(stranger, world.tenantSid, ALL),
      await takeRows(stranger, sid, 0, [row(1)]),
      await previewRows(stranger, world.tenantSid, [row(1)]),
      await finishImport(stranger, sid),
    ])
      expect(codeOf(outcome)).toEqual(['not_there'])
    expect(await peopleOf(world.tenantSid)).toEqual([])
  })

  it('refuses chunks, names and digests that do not fit', async () => {
    const many = Array.from({ length: 2001 }, (_, n) => row(n))
    expect(codeOf(await take(many))).toEqual(['input', 'rows'])
    expect(codeOf(await take([]))).toEqual(['input', 'rows'])
    for (const [input, field] of [
      [{ name: '' }, 'name'],
      [{ name: 'a\nb' }, 'name'],
      [{ name: 'x', digest: 'A'.repeat(64) }, 'digest'],
    ] as const)
      expect(codeOf(await createImport(request(), world.tenantSid, input))).toEqual([
        'input',
        field,
      ])
    expect(codeOf(await getImport(request(), 'IM0'))).toEqual(['not_there'])
  })

  it('reads as many rows a chunk among 20,000 users and 2,000 accounts of the tenant as among none', async () => {
    let rowsRead = 0
    const counted = openDatabase({
      prepare: (query: string) => env.DB.prepare(query),
      async batch(statements: D1PreparedStatement[]) {
        const results = await env.DB.batch(statements)
        for (const { meta } of results) rowsRead += meta.rows_read
        return results
      },
    } as unknown as D1Database)
    const measure = async (of: string) => {
      rowsRead = 0
      const rows = Array.from({ length: 100 }, (_, n) => ({
        email: `${of}${n}@tenant.example`,
        externalID: `${of}${n}`,
        accounts: [`${of} account ${n % 5}`],
      }))
      const asked = { ...request(), db: counted }
      const [created, unchanged] = [await begin(), await begin()]
      good(await takeRows(asked, created, 0, rows, { createAccounts: true }))
      good(await takeRows(asked, unchanged, 0, rows))
      return rowsRead
    }
    const before = await measure('a')
    const numbers = (count: number) =>
      sql`WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})`
    const { tenantSid } = world
    await db.run(sql`INSERT INTO users (sid, tenant_sid, external_id, email, email_key, sign_in_method, created_at, updated_at)
      ${numbers(20_000)} SELECT 'US' || n, ${tenantSid}, 'x' || n, n || '@x.example', n || '@x.example', 'password', 1, 1 FROM number`)
    await db.run(sql`INSERT INTO accounts (sid, tenant_sid, external_id, name, created_at)
      ${numbers(2000)} SELECT 'AC' || n, ${tenantSid}, 'x' || n, 'x', 1 FROM number`)
    await db.run(sql`INSERT INTO memberships (account_sid, user_sid)
      ${numbers(20_000)} SELECT 'AC' || (n % 2000 + 1), 'US' || n FROM number`)
    expect(await measure('b')).toBeLessThanOrEqual(before + 10)
    for (const table of ['memberships', 'users', 'accounts'])
      await db.run(
        sql`DELETE FROM ${sql.identifier(table)} WHERE ${sql.identifier(table === 'memberships' ? 'account_sid' : 'sid')} GLOB '[AU][CS][0-9]*' AND length(${sql.identifier(table === 'memberships' ? 'account_sid' : 'sid')}) < 10`,
      )
  })

  it('takes the full length of fields, and 2,000 rows', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `account ${n}`)
    const rows = Array.from({ length: 800 }, (_, n) => ({
      email: `${'x'.repeat(50)}${n}@${'y'.repeat(60)}.example`,
      firstName: '\u{1F600}'.repeat(100),
      lastName: 'ü'.repeat(200),
      externalID: `${n}`.padStart(200, '0'),
      accounts: [names[n % 50], names[(n + 1) % 50]],
    }))
    const verdicts = await results(rows, 0, { createAccounts: true })
    expect(new Set(verdicts)).toEqual(new Set(['created']))
    const [row] = await db.select().from(imports).where(eq(imports.sid, sid))
    expect(row).toMatchObject({ position: 800, created: 800 })
    const short = Array.from({ length: 2000 }, (_, n) => ({ email: `short.${n}@company.example` }))
    expect(new Set(await results(short, 800))).toEqual(new Set(['created']))
    const one = [...short, { email: 'one.more@company.example' }]
    expect(codeOf(await takeRows(request(), sid, 2800, one))).toEqual(['input', 'rows'])
  })

  it('takes more memberships than one statement carries', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `account ${n}`)
    const rows = Array.from({ length: 101 }, (_, n) => ({
      email: `${n}@many.example`,
      accounts: names,
    }))
    await results(rows, 0, { createAccounts: true })
    const before = await db.$count(memberships)
    const leaving = rows.map(({ email }) => ({ email, accounts: [] }))
    const again = await begin()
    expect(new Set(await results(leaving, 0, {}, again))).toEqual(new Set(['updated']))
    expect(before - (await db.$count(memberships))).toBe(10_100)
  })
})
