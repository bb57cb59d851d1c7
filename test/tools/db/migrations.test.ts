// Migrates a local D1 that has rows in all tables, by wrangler: every migration there is, then
// generated rebuilds.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  migrate,
  openDatabase,
  readForeignKeys,
  readObjects,
  type ForeignKey,
} from '../../../tools/db/database.ts'
import { readMigrations } from '../../../tools/db/project.ts'
import { seedInserts, ROWS_A_TABLE } from '../../../tools/db/seed.ts'
import { copyProject, type Project } from './project.ts'

type Row = Record<string, unknown>
type Rows = Record<string, Row[]>

let project: Project
/** The seed, as every later step has to find it again. */
let rows: Rows

const VIEWS = `
CREATE VIEW enforced_users AS
SELECT users.sid AS user_sid, connections.name AS connection_name, tenants.name AS tenant_name
FROM users
JOIN connections ON connections.sid = users.connection_sid
JOIN tenants ON tenants.sid = users.tenant_sid;
CREATE VIEW enforced_tenants AS SELECT DISTINCT tenant_name FROM enforced_users;
`

async function onDatabase<T>(use: (DB: D1Database) => Promise<T>): Promise<T> {
  const { DB, close } = await project.open()
  try {
    return await use(DB)
  } finally {
    await close()
  }
}

/** The same schema in memory, to ask it about tables and keys. */
function modelOf(names: string[]) {
  const db = openDatabase()
  migrate(
    db,
    readMigrations(project.root).filter(({ name }) => names.includes(name)),
  )
  return db
}

async function seedEmptyTables(DB: D1Database, names: string[]): Promise<void> {
  for (const { table, sql, values } of seedInserts(modelOf(names))) {
    const [count] = await all(DB, `SELECT count(*) AS rows FROM "${table}"`)
    if (Number(count!.rows) < ROWS_A_TABLE)
      await DB.prepare(sql)
        .bind(...values)
        .run()
  }
}

async function all(DB: D1Database, sql: string): Promise<Row[]> {
  return (await DB.prepare(sql).all<Row>()).results
}

async function readRows(DB: D1Database): Promise<Rows> {
  const tables = await all(
    DB,
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
     AND name NOT LIKE '~_cf~_%' ESCAPE '~' AND name <> 'd1_migrations' ORDER BY name`,
  )
  const entries: [string, Row[]][] = []
  for (const { name } of tables) {
    const found = await all(DB, `SELECT * FROM "${name as string}"`)
    entries.push([name as string, found.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))])
  }
  return Object.fromEntries(entries)
}

const key = (row: Row) => JSON.stringify(Object.values(row))

/** A key that is a number refuses a text, and the triggers of events refuse before their keys do. */
const REFUSED = /FOREIGN KEY|datatype mismatch|append-only/

/**
 * What every foreign key refuses: a child without a parent, and a parent's end while it has
 * children.
 */
async function expectForeignKeys(DB: D1Database, table: string, keys: ForeignKey[]) {
  const found = await all(DB, `SELECT * FROM "${table}"`)
  for (const { columns, parent, parentColumns } of keys) {
    const column = columns[0]!
    const row = found.find((one) => one[column] !== null) ?? found[0]!
    const values = Object.entries(row).filter(([, value]) => value !== null)
    const orphan = DB.prepare(
      `UPDATE "${table}" SET "${column}" = 'nobody' WHERE ${values.map(([name]) => `"${name}" = ?`).join(' AND ')}`,
    ).bind(...values.map(([, value]) => value))
    await expect(orphan.run(), `${table}.${column}`).rejects.toThrow(REFUSED)
    if (row[column] === null) continue
    const end = DB.prepare(`DELETE FROM "${parent}" WHERE "${parentColumns[0]!}" = ?`)
    const ended = end.bind(row[column]).run()
    await expect(ended, `${parent} of ${table}`).rejects.toThrow(REFUSED)
  }
}

const TRIGGERS = [
  { because: 'user_suspended', sql: `UPDATE users SET suspended_at = 5 WHERE sid = 'users.sid 2'` },
  {
    because: 'connection_suspended',
    sql: `UPDATE connections SET state = 'suspended', updated_at = 5 WHERE sid = 'connections.sid 2'`,
  },
  {
    because: 'tenant_suspended',
    sql: `UPDATE tenants SET suspended_at = 5 WHERE sid = 'tenants.sid 2'`,
  },
]

/** Suspends, looks what became of the session, its grant and its app, and takes it all back. */
async function expectTriggers(DB: D1Database) {
  for (const { because, sql } of TRIGGERS) {
    await DB.batch([
      DB.prepare(`UPDATE grants SET spent_at = 4 WHERE session_sid = 'sessions.sid 2'`),
      DB.prepare(`UPDATE clients SET backchannel_logout_uri = 'x', session_days = 1
        WHERE sid = 'clients.sid 2'`),
      DB.prepare(sql),
    ])
    const [session] = await all(DB, `SELECT * FROM sessions WHERE sid = 'sessions.sid 2'`)
    expect(session).toMatchObject({ ended_at: 5, ended_because: because })
    const [grant] = await all(
      DB,
      `SELECT ended_at FROM grants WHERE session_sid = 'sessions.sid 2'`,
    )
    expect(grant).toEqual({ ended_at: 5 })
    const queued = `FROM logout_deliveries WHERE user_sid = 'users.sid 2'`
    const found = await all(DB, `SELECT client_sid, session_sid, due_at ${queued} ORDER BY 2`)
    const queuedFor = { client_sid: 'clients.sid 2', due_at: 5 }
    // Of the app's session that outlived ours, and of ours.
    expect(found).toEqual([
      { ...queuedFor, session_sid: null },
      { ...queuedFor, session_sid: 'sessions.sid 2' },
    ])
    const ofApp = `FROM app_sessions WHERE user_sid = 'users.sid 2'`
    expect(await all(DB, `SELECT 1 ${ofApp}`)).toEqual([])
    await DB.batch([
      DB.prepare(`DELETE ${queued}`),
      DB.prepare(`UPDATE users SET suspended_at = NULL WHERE sid = 'users.sid 2'`),
      DB.prepare(`UPDATE tenants SET suspended_at = NULL WHERE sid = 'tenants.sid 2'`),
      DB.prepare(
        `UPDATE connections SET state = 'connections.state 2', updated_at = 2 WHERE sid = 'connections.sid 2'`,
      ),
      DB.prepare(
        `UPDATE sessions SET ended_at = NULL, ended_because = NULL WHERE sid = 'sessions.sid 2'`,
      ),
      DB.prepare(
        `UPDATE grants SET spent_at = NULL, ended_at = NULL WHERE session_sid = 'sessions.sid 2'`,
      ),
      DB.prepare(`UPDATE clients SET backchannel_logout_uri = NULL, session_days = 0
        WHERE sid = 'clients.sid 2'`),
      DB.prepare(`INSERT INTO app_sessions (connection_sid, user_sid, client_sid, expires_at)
        VALUES ('connections.sid 2', 'users.sid 2', 'clients.sid 2', 2)`),
    ])
  }
}

async function expectWhole(DB: D1Database, names: string[]) {
  expect(await all(DB, 'PRAGMA foreign_key_check')).toEqual([])
  const model = modelOf(names)
  const tables = readObjects(model).filter(({ kind }) => kind === 'table')
  for (const { name } of tables) await expectForeignKeys(DB, name, readForeignKeys(model, name))
  await expectTriggers(DB)
}

beforeAll(() => {
  project = copyProject()
})

afterAll(() => project.remove())

describe('a database with rows in all tables', () => {
  it('takes every migration there is', async () => {
    const applied: string[] = []
    for (const migration of project.migrations()) {
      const before = applied.length > 0 ? await onDatabase(readRows) : {}
      const { status, output } = await project.apply(migration)
      expect(status, output).toBe(0)
      applied.push(migration)
      await onDatabase(async (DB) => {
        const after = await readRows(DB)
        for (const [table, { length }] of Object.entries(before))
          if (after[table]) expect(after[table].length, table).toBeGreaterThanOrEqual(length)
        await seedEmptyTables(DB, applied)
      })
    }
    await onDatabase(async (DB) => {
      await expectWhole(DB, applied)
      rows = await readRows(DB)
    })
    expect(Object.keys(rows).length).toBeGreaterThan(35)
    // Triggers fill some tables besides.
    for (const [table, found] of Object.entries(rows))
      expect(found.length, table).toBeGreaterThanOrEqual(3)
  })

  it('takes views, and keeps rows, foreign keys and triggers when a table becomes WITHOUT ROWID', async () => {
    const record = project.read('src/platform/db/schema.sql')
    const accounts = /CREATE TABLE `accounts` \([\s\S]*?\n\);/.exec(record)![0]
    const changed = record.replace(accounts, accounts.replace(/;$/, ' WITHOUT ROWID;'))
    project.write('src/platform/db/schema.sql', `${changed}${VIEWS}`)
    const generated = await project.generate('views_and_accounts')
    expect(generated.status, generated.output).toBe(0)
    const { status, output } = await project.apply(project.migrations().at(-1)!)
    expect(status, output).toBe(0)
    await onDatabase(async (DB) => {
      expect(await readRows(DB)).toEqual(rows)
      await expect(DB.prepare('SELECT rowid FROM accounts').all()).rejects.toThrow(/no such column/)
      await expectWhole(DB, project.migrations())
    })
  })

  it('does not take the rebuild that drizzle-kit writes, and keeps everything', async () => {
    const attempt = copyProject()
    try {
      attempt.edit('src/directory/tables.ts', `text('first_name')`, `text('first_name').notNull()`)
      await attempt.drizzleKit('generate', '--name', 'unsafe')
      const [name] = attempt.migrations().slice(-1)
      const text = attempt.read(join('migrations', name!))
      expect(text).toContain('__new_users')
      const check = await attempt.check()
      expect(check.status).toBe(1)
      expect(check.output).toContain('D1 ignores PRAGMA foreign_keys')
      expect(check.output).toContain('the rebuild of drizzle-kit')
      // A view reads users, so not even an empty database takes it.
      expect(check.output).toMatch(/unsafe\.sql: error in view \w+: no such table/)

      project.write(join('migrations', '9999_unsafe.sql'), text)
      expect((await project.apply('9999_unsafe.sql')).status).toBe(1)
      project.discard('9999_unsafe.sql')
      expect(await onDatabase(readRows)).toEqual(rows)
    } finally {
      attempt.remove()
    }
  })

  it('keeps rows, foreign keys, triggers and views when users, tenants and connections are rebuilt', async () => {
    project.edit(
      'src/directory/tables.ts',
      `firstName: text('first_name'),`,
      `firstName: text('first_name').notNull().default(''),
       locale: text('locale').notNull().default('en'),`,
    )
    project.edit(
      'src/directory/tenants/tables.ts',
      `name: text('name').notNull(),`,
      `name: text('name').notNull().default('unnamed'),
       parentSid: text('parent_sid').references((): AnySQLiteColumn => tenants.sid),`,
    )
    project.edit('src/connections/tables.ts', 'BETWEEN 0 AND 300', 'BETWEEN 0 AND 600')
    const generated = await project.generate('rebuild_three')
    expect(generated.status, generated.output).toBe(0)
    const migration = project.migrations().at(-1)!
    const text = project.read(join('migrations', migration))
    for (const table of ['users', 'tenants', 'connections'])
      expect(text).toContain(`DROP TABLE \`${table}\``)
    expect((await project.check()).output).toMatch(/, 0 wrong/)

    const { status, output } = await project.apply(migration)
    expect(status, output).toBe(0)
    await onDatabase(async (DB) => {
      const after = await readRows(DB)
      const expected = structuredClone(rows)
      for (const user of expected.users!)
        Object.assign(user, { locale: 'en', first_name: user.first_name ?? '' })
      for (const tenant of expected.tenants!) Object.assign(tenant, { parent_sid: null })
      expect(sorted(after)).toEqual(sorted(expected))
      await expectWhole(DB, project.migrations())
      expect(await all(DB, 'SELECT * FROM enforced_users ORDER BY user_sid')).toHaveLength(2)
      expect(await all(DB, 'SELECT * FROM enforced_tenants')).toHaveLength(2)
      const clock = DB.prepare('UPDATE connections SET clock_skew_seconds = 601')
      await expect(clock.run()).rejects.toThrow(/CHECK/)
    })
  })
})

/** Rows by their contents, and columns by their names. */
function sorted(tables: Rows): Rows {
  return Object.fromEntries(
    Object.entries(tables).map(([table, found]) => [
      table,
      found
        .map((row) =>
          Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))),
        )
        .toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    ]),
  )
}
