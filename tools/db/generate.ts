// `npm run db:generate -- --name what_changes`: a migration of each database from its drizzle tables
// and schema.sql. Writes all of a database, or nothing of it and why.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkSchema, countRows, lostRows } from './check-schema.ts'
import { migrate, openDatabase, readObjects } from './database.ts'
import { DATABASES, readMigrations, readRecordText, readSchema, type Place } from './project.ts'
import { readRecord, writeRecord } from './record.ts'
import { Refusal, rewriteMigration, type Rewritten } from './rewrite.ts'
import { seed } from './seed.ts'

const root = process.cwd()
for (const place of DATABASES) await generateOrRestore(place, process.argv.slice(2))

async function generateOrRestore(place: Place, options: string[]): Promise<void> {
  const folder = join(root, place.migrations)
  const backup = mkdtempSync(join(tmpdir(), 'gatepost-migrations-'))
  if (existsSync(folder)) cpSync(folder, backup, { recursive: true })
  else mkdirSync(folder, { recursive: true })
  try {
    await generate(place, options)
  } catch (error) {
    // Snapshot and journal too: the next run starts from where this one did.
    rmSync(folder, { recursive: true })
    cpSync(backup, folder, { recursive: true })
    if (!(error instanceof Refusal)) throw error
    console.error(`db:generate: ${place.binding}: ${error.message}\nNothing was written.`)
    process.exitCode = 1
  } finally {
    rmSync(backup, { recursive: true })
  }
}

async function generate(place: Place, options: string[]): Promise<void> {
  const known = readMigrations(root, place)
  const recordText = readRecordText(root, place)
  const record = readRecord(recordText)
  if (record.length === 0 && known.length > 0)
    throw new Refusal(`${place.record} is empty: every view and trigger would be dropped.`)
  const scratch = openDatabase()
  migrate(scratch, known)
  seed(scratch)
  const before = countRows(scratch)

  drizzleKit(place, options)
  let added = readMigrations(root, place).find(
    ({ name }) => !known.some((one) => one.name === name),
  )
  let rewritten = rewriteMigration(added?.sql ?? '', record, scratch)
  if (!added && rewritten.statements.length > 0) {
    drizzleKit(place, ['--custom', ...options])
    added = readMigrations(root, place).find(({ name }) => !known.some((one) => one.name === name))
  }
  if (added) write(join(place.migrations, added.name), rewritten)
  const lost = lostRows(before, scratch, rewritten.statements)
  if (lost.length > 0) throw new Refusal(lost.join('\n'))

  const text = writeRecord(recordText, readObjects(scratch))
  const { migrations, declared } = await readSchema(root, place)
  const { faults } = checkSchema({ migrations, declared, record: readRecord(text) })
  if (faults.length > 0) throw new Refusal(faults.join('\n'))
  writeFileSync(join(root, place.record), text)
  for (const note of rewritten.notes) console.log(note)
  if (added) console.log(`Wrote ${place.migrations}/${added.name} and ${place.record}.`)
  else if (text === recordText) console.log(`${place.binding}: nothing has changed.`)
  else console.log(`Wrote ${place.record}.`)
}

function write(path: string, { statements }: Rewritten): void {
  const text = statements.map((sql) => `${sql};\n`).join('--> statement-breakpoint\n')
  writeFileSync(join(root, path), text)
}

function drizzleKit({ config }: Place, options: string[]): void {
  const isAnswered = process.stdin.isTTY && process.stdout.isTTY
  const command = ['generate', '--config', config, ...options]
  const { stderr, status } = spawnSync('node_modules/.bin/drizzle-kit', command, {
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
