// Local databases with all migrations, made once by `wrangler` for each text of the migrations: runs
// copy them, for making them anew takes ten times as long as a short test.
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { DATABASES } from '../../../tools/db/project.ts'
import { run } from './processes.ts'

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'
/** Where tools keep what can be made again; git does not see it. */
const CACHE = 'node_modules/.cache/gatepost'

/** Path of a folder as wrangler's `--persist-to` has it; only to be copied. */
export async function migratedState(root: string): Promise<string> {
  const state = join(root, CACHE, `migrated-${fingerprint(root)}`)
  if (existsSync(state)) return state
  mkdirSync(join(root, CACHE), { recursive: true })
  const making = mkdtempSync(join(root, CACHE, 'making-'))
  try {
    for (const { binding } of DATABASES) {
      const apply = ['d1', 'migrations', 'apply', binding, '--local']
      await run({
        folder: join(making, `log-${binding}`),
        cwd: root,
        command: process.execPath,
        arguments: [
          WRANGLER,
          ...apply,
          '--persist-to',
          join(making, 'state'),
          '--config',
          'wrangler.toml',
        ],
      })
    }
    // Another run may have been quicker: its folder is the same.
    if (!existsSync(state)) renameSync(join(making, 'state'), state)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return state
}

/** Of all that decides what is in the databases. */
function fingerprint(root: string): string {
  const hash = createHash('sha256')
  const migrations = globSync('migrations/**/*.sql', { cwd: root }).toSorted()
  for (const path of [...migrations, 'wrangler.toml', join(WRANGLER, '../../package.json')])
    hash.update(`${path}\n`).update(readFileSync(join(root, path)))
  return hash.digest('hex').slice(0, 16)
}
