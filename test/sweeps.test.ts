// The sweeps of DB: what they delete, in which order, and that every table is bounded.
import { env } from 'cloudflare:workers'
import { eq, getTableColumns, getTableName, inArray, is, like, lt, sql } from 'drizzle-orm'
import { getTableConfig, SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { afterEach, describe, expect, it, vi, beforeAll } from 'vitest'
import { readConfig } from '../src/env.ts'
import { LIMITS } from '../src/limits.ts'
import { readCode } from '../src/oidc/grant-token.ts'
import * as schema from '../src/platform/db/schema.ts'
import { measureBacklog, sweep } from '../src/platform/db/sweep.ts'
import { BOUNDS, expiriesOf, sweepDatabase } from '../src/sweeps.ts'
import { openApp, signInWith } from './oidc/relying-party.ts'
import { addSession, addDelivery } from './support/sessions.ts'
import { createWorld, db } from './support/world.ts'
import { addOperatorRow } from './support/operators.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const { grants, logoutDeliveries, sessions, signInLinks } = schema
const budget = () => ({ statements: 1000, until: Infinity })
const expiries = expiriesOf(readConfig(env))

afterEach(() => vi.restoreAllMocks())

describe('each table of DB', () => {
  const tables = Object.values(schema).filter((value) => is(value, SQLiteTable))
  const swept = expiries.map(({ table }) => getTableName(table))

  it('is swept, or something else than logins bounds it', () => {
    const names = tables.map((table) => getTableName(table))
    expect([...swept, ...Object.keys(BOUNDS)].toSorted()).toEqual(names.toSorted())
  })

  it('with rows that end is swept, or has one row for each thing', () => {
    const ENDS = /^(?:expires|ended|revoked|finished|spent)_at$/
    const ending = tables.filter((table) =>
      Object.values(getTableColumns(table)).some(({ name }) => ENDS.test(name)),
    )
    expect(ending.length).toBeGreaterThan(10)
    const endless = ending
      .map((table) => getTableName(table))
      .filter((name) => !swept.includes(name) && !('oneFor' in BOUNDS[name]!))
    expect(endless).toEqual([])
  })

  it('with one row for each thing has a unique key of just that', () => {
    const keysOf = (table: SQLiteTable) => {
      const { columns, indexes, primaryKeys } = getTableConfig(table)
      const unique = indexes.filter(({ config }) => config.unique && !config.where)
      return [
        columns.filter(({ primary }) => primary).map(({ name }) => name),
        ...primaryKeys.map((key) => key.columns.map(({ name }) => name)),
        ...unique.map(({ config }) => config.columns.map((one) => (one as SQLiteColumn).name)),
      ]
    }
    for (const table of tables) {
      const bound = BOUNDS[getTableName(table)]
      if (bound && 'oneFor' in bound) expect(keysOf(table)).toContainEqual(bound.oneFor)
    }
  })

  it('with a limit is counted where rows are added', () => {
    const limits = Object.values(BOUNDS).flatMap((bound) => ('limit' in bound ? bound.limit : []))
    // test/limits.test.ts fills each of them. The others are of tables that are swept, or of part
    // of a table.
    expect(limits.toSorted()).toEqual(
      Object.keys(LIMITS)
        .filter(
          (name) => !['apiKeys', 'imports', 'scimTokens', 'scimUsers', 'setupLinks'].includes(name),
        )
        .toSorted(),
    )
  })

  it.each(expiries.map((expiry) => [getTableName(expiry.table), expiry] as const))(
    'finds expired rows of %s without a scan',
    async (_, { table, isDead }) => {
      const asked = db.select().from(table).where(isDead(Date.now())).toSQL()
      const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${asked.sql}`)
        .bind(...asked.params)
        .all<{ detail: string }>()
      for (const { detail } of plan.results) expect(detail).not.toMatch(/^SCAN/)
    },
  )
})

it('deletes a session when it was opened twice as long ago as one may last, with its grants', async () => {
  const world = await createWorld()
  const { userSid, code } = await signInWith(await openApp(), world)
  const { hash } = (await readCode(code))!
  const [session] = await db.select().from(sessions).where(eq(sessions.userSid, userSid))
  const left = async (now: number) => {
    await sweep(db, expiries, now, budget())
    return [
      await db.$count(grants, eq(grants.secretHash, hash)),
      await db.$count(sessions, eq(sessions.userSid, userSid)),
    ]
  }
  const { createdAt } = session!
  expect(session!.expiresAt).toBe(createdAt + 8 * HOUR)
  expect(await left(createdAt + 16 * HOUR)).toEqual([1, 1])
  expect(await left(createdAt + 16 * HOUR + 1)).toEqual([0, 0])
})

describe('90 days after its end, and no earlier, goes', () => {
  const now = Date.now()
  const of = async () => {
    const world = await createWorld()
    const { tenantSid, connectionSid } = world
    const userSid = await world.addUser(`${crypto.randomUUID()}@tenant.example`)
    return { tenantSid, connectionSid, userSid }
  }
  const made = { name: 'n', createdBy: 'olga', createdAt: 1 }
  const { apiKeys, imports, recoveryCodes, scimTokens, setupLinks } = schema
  const ENDED = {
    'an API key': [
      apiKeys,
      apiKeys.sid,
      (at: number) => ({ ...made, role: 'admin', expiresAt: at }),
    ],
    'a setup link': [
      setupLinks,
      setupLinks.sid,
      (at: number) => ({ ...made, capabilities: [], expiresAt: at }),
    ],
    'a SCIM token': [scimTokens, scimTokens.sid, (at: number) => ({ ...made, expiresAt: at })],
    'a finished import': [
      imports,
      imports.sid,
      (at: number) => ({ ...made, updatedAt: 1, finishedAt: at }),
    ],
    'a spent recovery code': [
      recoveryCodes,
      recoveryCodes.codeHash,
      (at: number) => ({ createdAt: 1, spentAt: at }),
    ],
  } as const

  it.each(Object.keys(ENDED) as (keyof typeof ENDED)[])('%s', async (name) => {
    const [table, key, rowOf] = ENDED[name]
    const owner = await of()
    const add = async (at: number | null) => {
      const id = crypto.randomUUID()
      const row = { ...owner, sid: id, secretHash: id, codeHash: id, ...rowOf(at as number) }
      await db.insert(table).values(row as never)
      return id
    }
    const [gone, kept] = [await add(now - 90 * DAY - 1), await add(now - 90 * DAY)]
    const open = name.includes('import') || name.includes('code') ? await add(null) : kept
    await sweep(db, expiries, now, budget())
    const left: { key: string }[] = await db
      .select({ key })
      .from(table as never)
      .where(inArray(key, [gone, kept, open]))
    expect(left.map((row) => row.key).toSorted()).toEqual([...new Set([kept, open])].toSorted())
  })
})

it('keeps logout tokens that were sent for a day, given up ones for seven, and due ones', async () => {
  const now = Date.now()
  const clientSid = (await openApp()).client.sid
  const of = { clientSid, sessionSid: 'SE', userSid: 'US' }
  const sent = { deadAt: null, createdAt: now - 2 * DAY }
  const sids = [
    await addDelivery(of, { ...sent, sentAt: now - DAY }),
    await addDelivery(of, { ...sent, sentAt: now - DAY + 1 }),
    await addDelivery(of, { createdAt: now - 7 * DAY }),
    await addDelivery(of, { createdAt: now - 7 * DAY + 1 }),
    await addDelivery(of, { ...sent, dueAt: now, createdAt: now - 30 * DAY }),
  ]
  await sweep(db, expiries, now, budget())
  const rows = await db
    .select({ sid: logoutDeliveries.sid })
    .from(logoutDeliveries)
    .where(eq(logoutDeliveries.clientSid, clientSid))
  expect(rows.map(({ sid }) => sid).toSorted()).toEqual([sids[1], sids[3], sids[4]].toSorted())
})

describe('a sweep', () => {
  const isOurs = like(signInLinks.secretHash, 'sweep-%')
  let operatorSid = ''
  beforeAll(async () => {
    operatorSid = (await addOperatorRow('owner')).sid
  })
  const addLinks = (count: number, expiresAt: number) =>
    db.run(sql`INSERT INTO sign_in_links (secret_hash, operator_sid, created_at, expires_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})
      SELECT 'sweep-' || ${expiresAt} || '-' || n, ${operatorSid}, 1, ${expiresAt} FROM number`)
  const linksAlone = [
    { table: signInLinks, isDead: (now: number) => lt(signInLinks.expiresAt, now) },
  ]
  afterEach(() => db.delete(signInLinks).where(isOurs))

  it('goes on portion by portion until nothing is due', async () => {
    await addLinks(25, 10)
    await addLinks(3, 2000)
    const report = await sweep(db, linksAlone, 1000, budget(), 10)
    expect(report).toEqual({ deleted: { sign_in_links: 25 }, left: [] })
    expect(await db.$count(signInLinks, isOurs)).toBe(3)
  })

  it('ends when its statements are used, and says what is left', async () => {
    await addLinks(25, 10)
    const report = await sweep(db, linksAlone, 1000, { statements: 2, until: Infinity }, 10)
    expect(report).toEqual({ deleted: { sign_in_links: 20 }, left: ['sign_in_links'] })
  })

  it('begins nothing after its time', async () => {
    await addLinks(5, 10)
    const report = await sweep(db, linksAlone, 1000, { statements: 9, until: Date.now() }, 10)
    expect(report).toEqual({ deleted: {}, left: ['sign_in_links'] })
  })

  it('deletes rows that refer to others first, however many there are', async () => {
    const world = await createWorld()
    const userSid = await world.addUser('old@tenant.example')
    const createdAt = Date.now() - 3 * DAY
    const of = { userSid, connectionSid: world.connectionSid }
    const sessionSid = await addSession(of, { createdAt })
    const { client } = await openApp()
    await db.run(sql`INSERT INTO grants (session_sid, secret_hash, client_sid, redirect_uri, scope, code_challenge, code_expires_at, created_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 25)
      SELECT ${sessionSid}, 'grant' || n, ${client.sid}, 'x', 'openid', 'x', 1, 1 FROM number`)
    const report = await sweep(db, expiries, Date.now(), budget(), 10)
    expect(report.left).toEqual([])
    expect(report.deleted).toMatchObject({ grants: 25, sessions: 1 })
  })

  it('has a backlog where rows are due for two hours, counted to ten thousand', async () => {
    const now = 10 * HOUR
    await addLinks(10_005, now - 2 * HOUR - 1)
    await addLinks(7, now - 2 * HOUR)
    expect(await measureBacklog(db, linksAlone, now)).toEqual({ sign_in_links: 10_000 })
    await sweep(db, linksAlone, now, budget())
    await addLinks(7, now - 2 * HOUR)
    expect(await measureBacklog(db, linksAlone, now)).toEqual({})
  })

  it('logs what it has deleted', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    await addLinks(3, 10)
    expect(await sweepDatabase(env, Date.now())).toEqual({ backlog: {} })
    const lines = log.mock.calls.map(([line]) => JSON.parse(line as string) as object)
    expect(lines).toEqual([
      { event: 'swept', rows: expect.objectContaining({ sign_in_links: 3 }), backlog: {} },
    ])
  })

  it('says in the log and to the health check where a backlog is left', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    await addLinks(7, 10)
    // The time of the run has passed before it begins.
    vi.spyOn(Date, 'now').mockReturnValueOnce(0)
    expect(await sweepDatabase(env, 40 * HOUR)).toEqual({ backlog: { sign_in_links: 7 } })
    const lines = log.mock.calls.map(([line]) => JSON.parse(line as string) as object)
    expect(lines).toEqual([{ event: 'swept', rows: {}, backlog: { sign_in_links: 7 } }])
  })
})
