// `npm run db:generate -- --name what_changes`: a migration from the drizzle tables and from
// schema.sql. Writes all of it, or nothing and why.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkSchema, countRows, lostRows } from './check-schema.ts'
import { migrate, openDatabase, readObjects } from './database.ts'
import { MIGRATIONS, readMigrations, readRecordText, readSchema, RECORD } from './project.ts'
import { readRecord, writeRecord } from './record.ts'
import { Refusal, rewriteMigration, type Rewritten } from './rewrite.ts'
import { seed } from './seed.ts'

const root = process.cwd()
const backup = mkdtempSync(join(tmpdir(), 'gatepost-migrations-'))
cpSync(join(root, MIGRATIONS), backup, { recursive: true })
try {
  await generate(process.argv.slice(2))
} catch (error) {
  // Snapshot and journal too: the next run starts from where this one did.
  rmSync(join(root, MIGRATIONS), { recursive: true })
  cpSync(backup, join(root, MIGRATIONS), { recursive: true })
  if (!(error instanceof Refusal)) throw error
  console.error(`db:generate: ${error.message}\nNothing was written.`)
  process.exitCode = 1
} finally {
  rmSync(backup, { recursive: true })
}

async function generate(options: string[]): Promise<void> {
  const known = readMigrations(root)
  const recordText = readRecordText(root)
  const record = readRecord(recordText)
  if (record.length === 0 && known.length > 0)
    throw new Refusal(`${RECORD} is empty: every view and trigger would be dropped.`)
  const scratch = openDatabase()
  migrate(scratch, known)
  seed(scratch)
  const before = countRows(scratch)

  drizzleKit(options)
  let added = readMigrations(root).find(({ name }) => !known.some((one) => one.name === name))
  let rewritten = rewriteMigration(added?.sql ?? '', record, scratch)
  if (!added && rewritten.statements.length > 0) {
    drizzleKit(['--custom', ...options])
    added = readMigrations(root).find(({ name }) => !known.some((one) => one.name === name))
  }
  if (added) write(added.name, rewritten)
  const lost = lostRows(before, scratch, rewritten.statements)
  if (lost.length > 0) throw new Refusal(lost.join('\n'))

  const text = writeRecord(recordText, readObjects(scratch))
  const { migrations, declared } = await readSchema(root)
  const { faults } = checkSchema({ migrations, declared, record: readRecord(text) })
  if (faults.length > 0) throw new Refusal(faults.join('\n'))
  writeFileSync(join(root, RECORD), text)
  for (const note of rewritten.notes) console.log(note)
  if (added) console.log(`Wrote ${MIGRATIONS}/${added.name} and ${RECORD}.`)
  else console.log(text === recordText ? 'Nothing has changed.' : `Wrote ${RECORD}.`)
}

function write(name: string, { statements }: Rewritten): void {
  const text = statements.map((sql) => `${sql};\n`).join('--> statement-breakpoint\n')
  writeFileSync(join(root, MIGRATIONS, name), text)
}

function drizzleKit(options: string[]): void {
  const isAnswered = process.stdin.isTTY && process.stdout.isTTY
  const { stderr, status } = spawnSync('node_modules/.bin/drizzle-kit', ['generate', ...options], {
    cwd: root,
    // It asks on a terminal whether something is new or renamed.
    stdio: isAnswered ? 'inherit' : ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  // Without a terminal it ends with status 0 and a stack.
  if (!isAnswered && /\bTTY\b/.test(stderr))
    throw new Refusal('drizzle-kit asks whether something is new or renamed. Run it on a terminal.')
  if (!isAnswered) process.stderr.write(stderr)
  if (status !== 0) throw new Refusal(`drizzle-kit ended with status ${status}.`)
}
