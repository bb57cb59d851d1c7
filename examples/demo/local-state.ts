// Whether the local database was made by another version of Gatepost, so that the migrations cannot
// bring it up to date.
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { compareWithRecord } from '../../tools/db/check-schema.ts'
import { readObjects } from '../../tools/db/database.ts'
import { readMigrations, readRecordText } from '../../tools/db/project.ts'
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

function isOutdated(root: string, file: string): boolean {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const isMigrated = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'`).get()
    if (!isMigrated) return false
    const applied = db.prepare('SELECT name FROM d1_migrations').all()
    const known = readMigrations(root).map(({ name }) => name)
    if (applied.some(({ name }) => !known.includes(name as string))) return true
    // A migration that was edited before its release has the same name and another schema.
    return (
      applied.length === known.length &&
      compareWithRecord(readObjects(db), readRecord(readRecordText(root))).length > 0
    )
  } finally {
    db.close()
  }
}
