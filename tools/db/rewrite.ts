// Turns what drizzle-kit generates into a migration that D1 carries out without losing rows, keys,
// triggers or views. https://www.sqlite.org/lang_altertable.html#otheralter has the steps; D1 has
// one way to hold foreign keys back.
import type { DatabaseSync } from 'node:sqlite'
import { openDatabase, quote, readColumns, readObjects, type Column } from './database.ts'
import { tableOfIndex } from './record.ts'
import {
  createdBy,
  names,
  normalize,
  splitStatements,
  tableOptions,
  withTableOptions,
  wordsOf,
  type SchemaObject,
} from './statements.ts'

/** A change that has no form which keeps the rows. The message says what to do instead. */
export class Refusal extends Error {}

export type Rewritten = {
  statements: string[]
  /** What the author should know: the tables and columns whose values are lost. */
  notes: string[]
}

type Step = { kind: 'statement'; sql: string } | Rebuild
type Rebuild = { kind: 'rebuild'; table: string; create: string }

/**
 * `generated` is the text of drizzle-kit, `record` schema.sql as it shall be. `scratch` is a
 * database with all earlier migrations and, best, with rows; it takes the new migration on the way.
 */
export function rewriteMigration(
  generated: string,
  record: readonly SchemaObject[],
  scratch: DatabaseSync,
): Rewritten {
  const before = readObjects(scratch)
  const steps = readSteps(splitStatements(generated)).map((step) => withRecordOptions(step, record))
  steps.push(...optionRebuilds(steps, before, record))
  const rebuilt = steps.flatMap((step) => (step.kind === 'rebuild' ? [step.table] : []))
  const { drops, creates } = replacedObjects(before, record, rebuilt)

  const statements: string[] = []
  const notes: string[] = []
  const emit = (...all: string[]) => {
    for (const sql of all) {
      run(scratch, sql)
      statements.push(sql)
    }
  }
  scratch.exec('BEGIN')
  if (rebuilt.length > 0) emit('PRAGMA defer_foreign_keys=on')
  emit(...drops)
  for (const step of steps) {
    if (step.kind === 'rebuild') {
      const { sql, notes: more } = rebuildOf(step, scratch)
      emit(...sql)
      notes.push(...more)
    } else if (!isGoneIndex(step.sql, scratch)) {
      emit(step.sql)
      notes.push(...lossOf(step.sql))
    }
  }
  emit(...creates)
  run(scratch, 'COMMIT')
  return { statements, notes }
}

/** What a statement deletes for ever, as drizzle-kit writes it. */
function lossOf(sql: string): string[] {
  const column = /^ALTER TABLE `(\w+)` DROP COLUMN `(\w+)`/i.exec(sql)
  if (column) return [`The values of ${column[1]}.${column[2]} are dropped.`]
  const table = /^DROP TABLE `(\w+)`/i.exec(sql)
  return table ? [`The table ${table[1]} is dropped with all its rows.`] : []
}

/** drizzle-kit writes a rebuild as new table, copy, drop, rename. Anything else passes as it is. */
function readSteps(statements: string[]): Step[] {
  const steps: Step[] = []
  let open: Rebuild | undefined
  for (const sql of statements) {
    const [first, second, ...rest] = wordsOf(sql)
    const created = createdBy(sql)
    const table = open?.table
    if (first === 'pragma' && second === 'foreign_keys') continue
    if (created?.kind === 'table' && created.name.startsWith('__new_')) {
      if (open) throw unknownForm(sql)
      const name = created.name.slice('__new_'.length)
      open = { kind: 'rebuild', table: name, create: sql.replaceAll(`__new_${name}`, name) }
    } else if (!open) steps.push({ kind: 'statement', sql })
    else if (first === 'insert' && rest[0] === `__new_${table}`) continue
    else if (first === 'drop' && second === 'table' && rest.at(-1) === table) continue
    else if (first === 'alter' && rest[0] === `__new_${table}` && rest.at(-1) === table) {
      steps.push(open)
      open = undefined
    } else throw unknownForm(sql)
  }
  if (open) throw unknownForm(open.create)
  return steps
}

function unknownForm(sql: string): Refusal {
  return new Refusal(
    `drizzle-kit wrote a rebuild in a form that is not known here: ${sql.slice(0, 80)}`,
  )
}

/** WITHOUT ROWID and STRICT stand in schema.sql alone. */
function withRecordOptions(step: Step, record: readonly SchemaObject[]): Step {
  const created = createdBy(step.kind === 'rebuild' ? step.create : step.sql)
  if (created?.kind !== 'table') return step
  const recorded = record.find(({ kind, name }) => kind === 'table' && name === created.name)
  const sql = withTableOptions(created.sql, recorded ? tableOptions(recorded.sql) : '')
  return step.kind === 'rebuild' ? { ...step, create: sql } : { ...step, sql }
}

/** Tables whose options schema.sql has changed, and that drizzle-kit does not rebuild anyway. */
function optionRebuilds(
  steps: readonly Step[],
  before: readonly SchemaObject[],
  record: readonly SchemaObject[],
): Step[] {
  const touched = new Set(
    steps.flatMap((step) => (step.kind === 'rebuild' ? [step.table.toLowerCase()] : [])),
  )
  return before
    .filter(({ kind, name }) => kind === 'table' && !touched.has(name.toLowerCase()))
    .flatMap((table): Step[] => {
      const recorded = record.find(({ kind, name }) => kind === 'table' && name === table.name)
      const isSame =
        !recorded || normalize(tableOptions(recorded.sql)) === normalize(tableOptions(table.sql))
      if (isSame) return []
      const create = withTableOptions(table.sql, tableOptions(recorded.sql))
      const indexes = before.filter(
        ({ kind, sql }) => kind === 'index' && tableOfIndex(sql) === table.name.toLowerCase(),
      )
      return [
        { kind: 'rebuild', table: table.name, create },
        ...indexes.map(({ sql }): Step => ({ kind: 'statement', sql })),
      ]
    })
}

/**
 * Views and triggers that name a rebuilt table, or that schema.sql has changed, go first and come
 * back last. SQLite reads all of them when it alters a table, and fails on one that names a table
 * or column which is not there.
 */
function replacedObjects(
  before: readonly SchemaObject[],
  record: readonly SchemaObject[],
  rebuilt: readonly string[],
): { drops: string[]; creates: string[] } {
  const isProgram = ({ kind }: SchemaObject) => kind === 'view' || kind === 'trigger'
  const sameAs = (one: SchemaObject) => (other: SchemaObject) =>
    other.kind === one.kind && other.name.toLowerCase() === one.name.toLowerCase()
  const programs = before.filter(isProgram)
  const dropped = programs.filter((program) => {
    const recorded = record.find(sameAs(program))
    return !recorded || normalize(recorded.sql) !== normalize(program.sql)
  })
  // What names a view that goes, goes with it.
  for (let grown = -1; grown !== dropped.length;) {
    grown = dropped.length
    const gone = [
      ...rebuilt,
      ...dropped.filter(({ kind }) => kind === 'view').map(({ name }) => name),
    ]
    dropped.push(
      ...programs.filter(
        (program) => !dropped.includes(program) && gone.some((name) => names(program.sql, name)),
      ),
    )
  }
  const byKind = (objects: readonly SchemaObject[], kind: string) =>
    objects.filter((object) => object.kind === kind)
  const wanted = record.filter(
    (object) =>
      isProgram(object) && (!programs.some(sameAs(object)) || dropped.some(sameAs(object))),
  )
  return {
    drops: [...byKind(dropped, 'trigger'), ...byKind(dropped, 'view').toReversed()].map(
      ({ kind, name }) => `DROP ${kind.toUpperCase()} ${quote(name)}`,
    ),
    creates: [...byKind(wanted, 'view'), ...byKind(wanted, 'trigger')].map(({ sql }) => sql),
  }
}

function rebuildOf(
  { table, create }: Rebuild,
  scratch: DatabaseSync,
): { sql: string[]; notes: string[] } {
  const old = readColumns(scratch, table)
  const wanted = columnsOf(create, table)
  const kept = wanted.filter(({ name }) => old.some((column) => column.name === name))
  const lost = old.filter(({ name }) => !wanted.some((column) => column.name === name))
  const hadValue = ({ name }: Column) =>
    old.some((column) => column.name === name && column.notNull)
  const impossible = wanted.find(
    (column) => column.notNull && column.default === null && !hadValue(column),
  )
  if (impossible)
    throw new Refusal(
      `${table}.${impossible.name} becomes NOT NULL without a default: rows without a value would stop the migration. Give it a default.`,
    )
  const copied = kept.map((column) =>
    column.notNull && !hadValue(column)
      ? `ifnull(${quote(column.name)}, ${column.default})`
      : quote(column.name),
  )
  const aside = quote(`__aside_${table}`)
  const list = kept.map(({ name }) => quote(name)).join(', ')
  return {
    sql: [
      `CREATE TABLE ${aside} AS SELECT ${list} FROM ${quote(table)}`,
      `DROP TABLE ${quote(table)}`,
      create,
      `INSERT INTO ${quote(table)} (${list}) SELECT ${copied.join(', ')} FROM ${aside}`,
      `DROP TABLE ${aside}`,
    ],
    notes: lost.map(({ name }) => `The values of ${table}.${name} are dropped.`),
  }
}

function columnsOf(create: string, table: string): Column[] {
  const alone = openDatabase()
  try {
    run(alone, create)
    return readColumns(alone, table)
  } finally {
    alone.close()
  }
}

/** drizzle-kit drops indexes after it has rebuilt their table, which has taken them along. */
function isGoneIndex(sql: string, scratch: DatabaseSync): boolean {
  const words = wordsOf(sql)
  if (words[0] !== 'drop' || words[1] !== 'index') return false
  return !readObjects(scratch).some(({ kind, name }) => kind === 'index' && name === words.at(-1))
}

function run(db: DatabaseSync, sql: string): void {
  try {
    db.exec(sql)
  } catch (error) {
    throw new Refusal(`SQLite refuses the migration: ${(error as Error).message}, in: ${sql}`)
  }
}
