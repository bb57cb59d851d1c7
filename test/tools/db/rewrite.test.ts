// What becomes of the migrations that drizzle-kit writes, on small schemas in memory.
import { describe, expect, it } from 'vitest'
import { countRows } from '../../../tools/db/check-schema.ts'
import { migrate, openDatabase, readObjects } from '../../../tools/db/database.ts'
import { readRecord } from '../../../tools/db/record.ts'
import { Refusal, rewriteMigration } from '../../../tools/db/rewrite.ts'
import { seed } from '../../../tools/db/seed.ts'

const PARENT = 'CREATE TABLE `parents` (`id` text PRIMARY KEY NOT NULL, `name` text)'
const CHILD =
  'CREATE TABLE `children` (`id` text PRIMARY KEY NOT NULL, `parent` text NOT NULL REFERENCES `parents`(`id`))'
const INDEX = 'CREATE INDEX `parents_name` ON `parents` (`name`)'
const VIEW = 'CREATE VIEW pairs AS SELECT c.id FROM children c JOIN parents p ON p.id = c.parent'
const OUTER_VIEW = 'CREATE VIEW first_pair AS SELECT id FROM pairs LIMIT 1'
const TRIGGER = `CREATE TRIGGER cleared AFTER UPDATE OF id ON children
BEGIN UPDATE parents SET name = CASE WHEN name = 'parents' THEN NULL END WHERE id = OLD.parent; END`
const OTHER_TRIGGER = `CREATE TRIGGER apart AFTER UPDATE OF id ON children BEGIN SELECT 'parents'; END`
const ALL = [PARENT, CHILD, INDEX, VIEW, OUTER_VIEW, TRIGGER, OTHER_TRIGGER]

/** As drizzle-kit writes it. */
const rebuild = (columns: string, copied = '"id", "name"') =>
  `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_parents\` (
	${columns}
);
--> statement-breakpoint
INSERT INTO \`__new_parents\`(${copied}) SELECT ${copied} FROM \`parents\`;--> statement-breakpoint
DROP TABLE \`parents\`;--> statement-breakpoint
ALTER TABLE \`__new_parents\` RENAME TO \`parents\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
${INDEX};`

function rewrite(generated: string, record: string[] = ALL) {
  const scratch = openDatabase()
  migrate(scratch, [{ name: '0000', sql: ALL.join(';\n') }])
  seed(scratch)
  const before = countRows(scratch)
  const rewritten = rewriteMigration(generated, readRecord(record.join(';\n')), scratch)
  expect(countRows(scratch)).toEqual(before)
  return { ...rewritten, scratch, objects: readObjects(scratch) }
}

const namesOf = (objects: readonly { name: string }[]) => objects.map(({ name }) => name).toSorted()

describe('a rebuild', () => {
  const { statements, objects, scratch } = rewrite(
    rebuild("`id` text PRIMARY KEY NOT NULL,\n`name` text NOT NULL DEFAULT ''"),
  )

  it('defers foreign keys first', () => {
    expect(statements[0]).toBe('PRAGMA defer_foreign_keys=on')
  })

  it('takes out the triggers and views that name the table, and no others', () => {
    expect(statements.filter((sql) => /^DROP (?:TRIGGER|VIEW)/.test(sql))).toEqual([
      'DROP TRIGGER `cleared`',
      'DROP VIEW `first_pair`',
      'DROP VIEW `pairs`',
    ])
  })

  it('brings back views, then triggers', () => {
    expect(statements.slice(-3)).toEqual([VIEW, OUTER_VIEW, TRIGGER])
    expect(namesOf(objects)).toEqual(
      ['apart', 'children', 'cleared', 'first_pair', 'pairs', 'parents', 'parents_name'].toSorted(),
    )
  })

  it('gives columns that may no longer be NULL their default', () => {
    expect(scratch.prepare(`SELECT name FROM parents WHERE id = 'parents.id 2'`).get()).toEqual({
      name: '',
    })
  })

  it('renames nothing, and leaves no table aside', () => {
    expect(statements.join('\n')).not.toMatch(/RENAME|__new_|foreign_keys=O/)
    expect(namesOf(objects).join()).not.toContain('__aside_')
  })
})

it('copies the columns that are in both tables, whatever drizzle-kit wrote', () => {
  const { statements, notes } = rewrite(
    rebuild('`id` text PRIMARY KEY NOT NULL, `note` text', '"id", "note"').replace(`${INDEX};`, ''),
  )
  expect(statements).toContain('CREATE TABLE `__aside_parents` AS SELECT `id` FROM `parents`')
  expect(statements).toContain('INSERT INTO `parents` (`id`) SELECT `id` FROM `__aside_parents`')
  expect(notes).toEqual(['The values of parents.name are dropped.'])
})

it.each([
  ['ALTER TABLE `children` DROP COLUMN `note`', 'The values of children.note are dropped.'],
  ['DROP TABLE `children`', 'The table children is dropped with all its rows.'],
  ['ALTER TABLE `children` ADD `age` integer', undefined],
])('says what %s deletes', (sql, note) => {
  const scratch = openDatabase()
  const table = 'CREATE TABLE `children` (`id` text PRIMARY KEY NOT NULL, `note` text)'
  migrate(scratch, [{ name: '0000', sql: table }])
  expect(rewriteMigration(`${sql};`, [], scratch).notes).toEqual(note ? [note] : [])
})

it.each([
  ['is new', 'age', '`id` text PRIMARY KEY NOT NULL, `name` text, `age` integer NOT NULL'],
  ['was nullable', 'name', '`id` text PRIMARY KEY NOT NULL, `name` text NOT NULL'],
])('refuses a column without default that is NOT NULL and %s', (_, name, columns) => {
  expect(() => rewrite(rebuild(columns))).toThrow(Refusal)
  expect(() => rewrite(rebuild(columns))).toThrow(
    `parents.${name} becomes NOT NULL without a default: rows without a value would stop the migration. Give it a default.`,
  )
})

it('refuses a rebuild in a form that it does not know', () => {
  const odd = rebuild('`id` text PRIMARY KEY NOT NULL').replace('DROP TABLE', 'DELETE FROM')
  expect(() => rewrite(odd)).toThrow(/in a form that is not known here: DELETE FROM/)
})

it('refuses what would leave a child without its parent', () => {
  expect(() => rewrite('DELETE FROM parents')).toThrow(
    /SQLite refuses the migration: FOREIGN KEY constraint failed/,
  )
})

describe('schema.sql', () => {
  it('changes a trigger by a migration that has nothing else', () => {
    const changed = TRIGGER.replace('OLD.parent', 'NEW.parent')
    const { statements } = rewrite(
      '',
      ALL.map((sql) => (sql === TRIGGER ? changed : sql)),
    )
    expect(statements).toEqual(['DROP TRIGGER `cleared`', changed])
  })

  it('drops a view that it no longer has, and what names it comes back', () => {
    const alone = 'CREATE VIEW first_pair AS SELECT id FROM children LIMIT 1'
    const { statements } = rewrite('', [PARENT, CHILD, INDEX, alone, TRIGGER, OTHER_TRIGGER])
    expect(statements).toEqual(['DROP VIEW `pairs`', 'DROP VIEW `first_pair`', alone])
  })

  it('makes a table WITHOUT ROWID by a rebuild that keeps its indexes', () => {
    const { statements, objects } = rewrite(
      '',
      ALL.map((sql) => (sql === PARENT ? `${sql} WITHOUT ROWID` : sql)),
    )
    expect(statements).toContain(`${PARENT} WITHOUT ROWID`)
    expect(statements).toContain(INDEX)
    expect(namesOf(objects)).toContain('parents_name')
  })

  it('makes a new table WITHOUT ROWID where it says so', () => {
    const table = 'CREATE TABLE `new` (`id` text PRIMARY KEY NOT NULL)'
    const scratch = openDatabase()
    const record = readRecord(`${table} WITHOUT ROWID`)
    expect(rewriteMigration(`${table};`, record, scratch).statements).toEqual([
      `${table} WITHOUT ROWID`,
    ])
  })

  it('wants no migration where it says what the database has', () => {
    expect(rewrite('').statements).toEqual([])
  })
})
