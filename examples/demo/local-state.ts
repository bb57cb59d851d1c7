// Whether the local database was made by another version of Gatepost, so that the migrations cannot
// bring it up to date.
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { compareWithRecord } from '../../tools/db/check-schema.ts'
import { readObjects } from '../../tools/db/database.ts'
import { DATABASES, readMigrations, readRecordText, type Place } from '../../tools/db/project.ts'
import { readRecord } from '../../tools/db/record.ts'

/** Where wrangler keeps the local D1 databases. */
export const LOCAL_DATABASES = '.wrangler/state/v3/d1'

/** Throws an Error of one line where the local database has to go. */
export function checkLocalState(root: string): void {
  const folder = join(root, LOCAL_DATABASES)
  if (!existsSync(folder)) return
  const files = globSync('*/*.sqlite', { cwd: folder })
  if (files.some((file) => isOutdated(root, join(folder, file))))
    throw new Error(
      `The local database was made by another version of Gatepost. Delete the folder ${LOCAL_DATABASES}, then run npm start again.`,
    )
}

/** wrangler names the files by a hash: a database is told by being as one of the two should be. */
function isOutdated(root: string, file: string): boolean {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const isMigrated = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'`).get()
    return Boolean(isMigrated) && !DATABASES.some((place) => isUpToDate(root, place, db))
  } finally {
    db.close()
  }
}

/** True also where migrations have yet to be applied. */
function isUpToDate(root: string, place: Place, db: DatabaseSync): boolean {
  const applied = db.prepare('SELECT name FROM d1_migrations').all()
  const known = readMigrations(root, place).map(({ name }) => name)
  if (applied.some(({ name }) => !known.includes(name as string))) return false
  if (applied.length < known.length) return true
  // A migration that was edited before its release has the same name and another schema.
  return compareWithRecord(readObjects(db), readRecord(readRecordText(root, place))).length === 0
}
