// SQL as text.
import { expect, it } from 'vitest'
import {
  createdBy,
  names,
  normalize,
  splitStatements,
  tableOptions,
  withTableOptions,
} from '../../../tools/db/statements.ts'

it('splits at semicolons outside strings, names, comments, triggers and CASE', () => {
  const trigger = `CREATE TRIGGER t AFTER UPDATE ON a
BEGIN
  UPDATE a SET b = CASE WHEN b = ';' THEN 'end' END; -- one; two
  DELETE FROM "x;y";
END`
  expect(splitStatements(`-- first;\nSELECT ';';--> statement-breakpoint\n${trigger};\n`)).toEqual([
    `SELECT ';'`,
    trigger,
  ])
})

it('has one normal form for quotes, case and layout, and keeps strings', () => {
  const form = normalize('CREATE TABLE `a` ("B" text DEFAULT \'A b\') -- comment')
  expect(form).toBe(normalize("create  table a(b TEXT default 'A b')"))
  expect(form).not.toBe(normalize("create table a(b text default 'a b')"))
})

it('finds names, not strings', () => {
  expect(names('SELECT 1 FROM "users"', 'users')).toBe(true)
  expect(names("SELECT 'users' FROM user_sid", 'users')).toBe(false)
})

it('knows what is created', () => {
  expect(createdBy('CREATE UNIQUE INDEX `a` ON b (c)')).toMatchObject({ kind: 'index', name: 'a' })
  expect(createdBy('CREATE TABLE IF NOT EXISTS a (b)')).toMatchObject({ kind: 'table', name: 'a' })
  expect(createdBy('DROP TABLE a')).toBeUndefined()
})

it('reads and writes the options of a table', () => {
  expect(tableOptions('CREATE TABLE a (b)\n STRICT, WITHOUT ROWID')).toBe('STRICT, WITHOUT ROWID')
  expect(tableOptions("CREATE TABLE a (b DEFAULT (') strict'))")).toBe('')
  expect(withTableOptions('CREATE TABLE a (b) STRICT', 'WITHOUT ROWID')).toBe(
    'CREATE TABLE a (b) WITHOUT ROWID',
  )
  expect(withTableOptions('CREATE TABLE a (b) STRICT', '')).toBe('CREATE TABLE a (b)')
})
