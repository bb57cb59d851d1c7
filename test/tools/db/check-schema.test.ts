// What the schema check refuses, each on a copy of the real schema with one fault.
import { beforeAll, describe, expect, it } from 'vitest'
import { checkSchema, type Schema } from '../../../tools/db/check-schema.ts'
import type { DeclaredTable } from '../../../tools/db/declared.ts'
import { DATABASES, readSchema } from '../../../tools/db/project.ts'
import { createdBy } from '../../../tools/db/statements.ts'

let schema: Schema

beforeAll(async () => {
  schema = await readSchema(process.cwd())
})

const faultsOf = (changed: Schema) => checkSchema(changed).faults

/** The real schema, and then this migration. */
const after = (sql: string): Schema => ({
  ...schema,
  migrations: [...schema.migrations, { name: '9999_next.sql', sql }],
})

function recorded(sql: string): Schema {
  const object = createdBy(sql)!
  const others = schema.record.filter(({ name }) => name !== object.name)
  return { ...after(sql), record: [...others, object] }
}

function declared(name: string, change: (table: DeclaredTable) => Partial<DeclaredTable>): Schema {
  const tables = schema.declared.tables.map((table) =>
    table.name === name ? { ...table, ...change(table) } : table,
  )
  return { ...schema, declared: { ...schema.declared, tables } }
}

it('accepts the schemas of the product, and compares all of them', async () => {
  for (const place of DATABASES) {
    const ofPlace = await readSchema(process.cwd(), place)
    const { objects, faults } = checkSchema(ofPlace)
    expect(faults).toEqual([])
    expect(objects).toBe(ofPlace.record.length)
  }
  expect(schema.record.length).toBeGreaterThan(90)
  const history = await readSchema(process.cwd(), DATABASES[1])
  expect(history.record.map(({ name }) => name)).toContain('attempt_details')
})

describe('against schema.sql, it refuses', () => {
  it('a trigger that a migration has dropped', () => {
    expect(faultsOf(after('DROP TRIGGER sessions_end'))).toEqual([
      'schema.sql has trigger sessions_end; the migrations do not create it.',
    ])
  })

  it('a trigger that schema.sql does not have', () => {
    const trigger = 'CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM spent; END'
    expect(faultsOf(after(trigger))).toEqual([
      'The migrations create trigger t; schema.sql does not have it.',
    ])
  })

  it('a trigger whose text differs', () => {
    const record = schema.record.map((object) =>
      object.name === 'users_suspend'
        ? { ...object, sql: object.sql.replace('user_suspended', 'other') }
        : object,
    )
    expect(faultsOf({ ...schema, record })).toEqual([
      'trigger users_suspend differs between the migrations and schema.sql.',
    ])
  })

  it('no difference of quotes, case and layout', () => {
    const record = schema.record.map((object) => ({
      ...object,
      sql: object.sql.replaceAll('`', '"').replaceAll('\n', '\n  -- a comment\n  '),
    }))
    expect(faultsOf({ ...schema, record })).toEqual([])
  })

  it('a table that is WITHOUT ROWID in one of them', () => {
    const record = schema.record.map((object) =>
      object.name === 'spent' ? { ...object, sql: `${object.sql} WITHOUT ROWID` } : object,
    )
    expect(faultsOf({ ...schema, record })).toEqual([
      'table spent differs between the migrations and schema.sql.',
    ])
  })
})

describe('against the drizzle tables, it refuses', () => {
  it.each([
    ['another type', { type: 'blob' }],
    ['another NOT NULL', { notNull: false }],
    ['another default', { default: "'x'" }],
    ['another primary key', { primaryKey: 1 }],
    ['another name', { name: 'nom' }],
  ])('a column with %s', (_, change) => {
    const changed = declared('tenants', ({ columns }) => ({
      columns: columns.map((column) =>
        column.name === 'name' ? { ...column, ...change } : column,
      ),
    }))
    expect(faultsOf(changed)).toEqual([
      expect.stringContaining('Table tenants: drizzle declares column'),
      expect.stringContaining('Table tenants: the database has column'),
    ])
  })

  it('a foreign key that only one of them has', () => {
    const faults = faultsOf(declared('accounts', () => ({ foreignKeys: [] })))
    expect(faults).toEqual([
      expect.stringContaining('Table accounts: the database has foreign key'),
    ])
  })

  it('an index that only one of them has', () => {
    const faults = faultsOf(declared('accounts', ({ indexes }) => ({ indexes: indexes.slice(1) })))
    expect(faults).toEqual([
      'No tables.ts declares index accounts_tenant.',
      expect.stringContaining('Table accounts: the database has index'),
    ])
  })

  it('another condition of a partial index', () => {
    const changed = declared('domains', ({ indexes }) => ({
      indexes: indexes.map((index) => ({ ...index, sql: index.sql.replace(' not null', ' null') })),
    }))
    expect(faultsOf(changed)).toHaveLength(2)
  })

  it('a check constraint that only one of them has', () => {
    expect(faultsOf(declared('connections', () => ({ checks: [] })))).toEqual([
      'Table connections: the database has 6 checks, drizzle 0.',
    ])
  })

  it('a table that only one of them has', () => {
    const tables = schema.declared.tables.filter(({ name }) => name !== 'domains')
    expect(faultsOf({ ...schema, declared: { ...schema.declared, tables } })).toEqual([
      'No tables.ts declares table domains.',
      'No tables.ts declares index domains_checked.',
      'No tables.ts declares index domains_verified.',
    ])
    const more = [...schema.declared.tables, { ...tables[0]!, name: 'lost' }]
    expect(faultsOf({ ...schema, declared: { ...schema.declared, tables: more } })).toEqual([
      'Table lost is declared in drizzle and does not exist.',
    ])
  })

  it('a view without a column that drizzle reads', () => {
    const view = recorded('CREATE VIEW names AS SELECT sid FROM users')
    const faults = (columns: string[]) =>
      faultsOf({
        ...view,
        declared: { ...view.declared, views: [{ name: 'names', columns }] },
      })
    expect(faults(['sid'])).toEqual([])
    expect(faults(['sid', 'name'])).toEqual([
      'View names has no column name, which drizzle declares.',
    ])
  })
})

describe('of views and triggers, it refuses', () => {
  it('a view that names a column which is not there', () => {
    expect(faultsOf(recorded('CREATE VIEW names AS SELECT nom FROM users'))).toEqual([
      'view names does not compile: no such column: nom.',
    ])
  })

  it('a trigger that names a column which is not there', () => {
    const trigger = `CREATE TRIGGER t AFTER DELETE ON users BEGIN DELETE FROM spent WHERE nom = 1; END`
    expect(faultsOf(recorded(trigger))).toEqual([
      'trigger t does not compile: no such column: nom.',
      // Its own deletion from `users` has triggers, which do not compile beside that one.
      'trigger users_not_found does not compile: no such column: nom.',
    ])
  })
})

describe('of migrations, it refuses', () => {
  const REBUILD = `
    CREATE TABLE x AS SELECT * FROM signing_keys;
    DROP TABLE signing_keys;
    CREATE TABLE signing_keys (kid text PRIMARY KEY NOT NULL, algorithm text NOT NULL, public_key text NOT NULL,
      encrypted_private_key text NOT NULL, signs_at integer NOT NULL, created_at integer NOT NULL);
    INSERT INTO signing_keys SELECT * FROM x;
    DROP TABLE x;`
  const KEY = 'ALTER TABLE spent ADD COLUMN user_sid text REFERENCES users(sid)'

  it.each([
    ['PRAGMA foreign_keys=OFF', 'D1 ignores PRAGMA foreign_keys'],
    ['PRAGMA writable_schema = 1', 'must not change how SQLite reads'],
    [`${KEY} ON DELETE CASCADE`, 'must be NO ACTION'],
    [`${KEY} ON DELETE SET NULL`, 'must be NO ACTION'],
    [`${KEY} ON UPDATE cascade`, 'must be NO ACTION'],
    [`${KEY} ON DELETE RESTRICT`, 'must be NO ACTION'],
    ['CREATE TABLE n (id integer PRIMARY KEY AUTOINCREMENT)', 'loses the counter'],
    ['ALTER TABLE `__new_users` RENAME TO `users`', 'the rebuild of drizzle-kit'],
    [REBUILD, 'must begin with PRAGMA defer_foreign_keys=on'],
    ['DELETE FROM tenants', 'With rows in all tables, 9999_next.sql: FOREIGN KEY'],
    ['DROP TABLE users', 'With rows in all tables, 9999_next.sql: FOREIGN KEY'],
    [
      'CREATE UNIQUE INDEX once ON spent (kind) WHERE expires_at < 9; UPDATE spent SET kind = 1',
      'With rows in all tables, 9999_next.sql: UNIQUE',
    ],
    ['no SQL', '9999_next.sql: near "no": syntax error in: no SQL'],
  ])('%s', (sql, expected) => {
    expect(faultsOf(after(sql)).join('\n')).toContain(expected)
  })

  it('rows that get lost where no DELETE names the table', () => {
    const lossy = `PRAGMA defer_foreign_keys=on;${REBUILD.replace('FROM x', 'FROM x LIMIT 1')}`
    expect(faultsOf(after(lossy))).toEqual([
      '9999_next.sql: of 3 rows in signing_keys, 1 are left, and no DELETE names the table.',
    ])
    expect(faultsOf(after(`PRAGMA defer_foreign_keys=on;${REBUILD}`))).toEqual([])
    expect(faultsOf(after('DELETE FROM signing_keys'))).toEqual([])
  })

  it('no string that only reads like a fault', () => {
    const note = `INSERT INTO spent (connection_sid, kind, id, attempt_sid, expires_at)
      VALUES ('x', 'y', 'on delete cascade; pragma foreign_keys', 'z', 1)`
    expect(faultsOf(after(note))).toEqual([])
  })
})
