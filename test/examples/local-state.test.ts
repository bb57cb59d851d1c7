// What `npm start` says of local databases that other versions of Gatepost have made.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkLocalState } from '../../examples/demo/local-state.ts'
import { migrate, type Migration } from '../../tools/db/database.ts'
import { readMigrations } from '../../tools/db/project.ts'

const SAYS =
  'The local database was made by another version of Gatepost. Delete the folder .wrangler/state/v3/d1, then run npm start again.'
const migrations = readMigrations('.')

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatepost-state-'))
  const records = ['src/platform/db/schema.sql', 'src/platform/db/history-schema.sql']
  for (const path of ['migrations', ...records]) cpSync(path, join(root, path), { recursive: true })
})

afterEach(() => rmSync(root, { recursive: true }))

/** A database as wrangler leaves it: with a row for each migration that it has applied. */
function localDatabase(applied: Migration[]): void {
  const folder = join(root, '.wrangler/state/v3/d1/miniflare-D1DatabaseObject')
  mkdirSync(folder, { recursive: true })
  // wrangler has a database of its own beside it.
  new DatabaseSync(join(folder, 'metadata.sqlite')).close()
  const db = new DatabaseSync(join(folder, '0123456789abcdef.sqlite'))
  db.exec('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)')
  migrate(db, applied)
  for (const { name } of applied)
    db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name)
  db.close()
}

it('says nothing where there is no local database', () => {
  expect(() => checkLocalState(root)).not.toThrow()
})

it('says nothing where the migrations are those of this version', () => {
  localDatabase(migrations)
  expect(() => checkLocalState(root)).not.toThrow()
})

it('says nothing where wrangler has yet to apply some of them', () => {
  localDatabase([])
  expect(() => checkLocalState(root)).not.toThrow()
})

it('says in one sentence what to do where there are migrations that this version does not have', () => {
  // More of them than this version has: the names alone tell.
  const old = ['0000_first_login.sql', ...migrations.map(({ name }) => `0${name}`)]
  localDatabase(old.map((name, at) => ({ name, sql: `CREATE TABLE old_${at} (sid text)` })))
  expect(() => checkLocalState(root)).toThrow(SAYS)
})

it('says so too where a migration of the same name had another schema', () => {
  const [first, ...rest] = migrations
  const other = { ...first!, sql: first!.sql.replace('`name` text NOT NULL', '`name` text') }
  expect(other.sql).not.toBe(first!.sql)
  localDatabase([other, ...rest])
  expect(() => checkLocalState(root)).toThrow(SAYS)
})
