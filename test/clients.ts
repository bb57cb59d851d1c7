// OpenID Connect libraries of npm and Debian, each in an app of its own, against the real Worker
// and an IdP. `node test/clients.ts [--short | PART OF A NAME]`; a whole run writes the table of
// docs/apps.md. Exits 0 when all passed.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { people, type Person } from '../examples/demo/customer.ts'
import { forgetAccounts } from './e2e/harness/preflight.ts'
import { setScene } from './e2e/harness/scene.ts'
import { openWorld, type World } from './e2e/harness/world.ts'
import { LIBRARIES, type Library } from './clients/libraries.ts'
import { play } from './clients/play.ts'
import { tableOf, withTable, type Row } from './clients/table.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const FILES = join(root, 'test/clients/libraries')
/** No tool that reads the repository's files looks there. */
const PLACE = join(root, '.wrangler/clients')
const DOCUMENT = join(root, 'docs/apps.md')
/** Of one library, from its registration to its sign-out. */
const LIBRARY_SECONDS = 45
/** Of npm or apt. */
const INSTALL_MILLISECONDS = 240_000
/** Of all of it: what hangs after that is ended with this process. */
const RUN_SECONDS = { short: 240, whole: 1500 }

const asked = process.argv[2] ?? ''
const chosen = LIBRARIES.filter(({ name, isShort }) =>
  asked === '--short' ? isShort : new RegExp(asked, 'i').test(name),
)

forgetAccounts()
// Processes of the run end with it (guard in processes.ts).
setTimeout(
  () => {
    console.error('the run hangs\n0 passed, 1 failed')
    process.exit(1)
  },
  RUN_SECONDS[asked === '--short' ? 'short' : 'whole'] * 1000,
).unref()
install()
const world = await openWorld()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void world.close().then(() => process.exit(1)))
const rows: Row[] = []
try {
  // By turns: the front door takes ten logins of one person in a minute.
  for (const [at, library] of chosen.entries())
    rows.push(await tryOut(world, library, people[at % 2]!))
} finally {
  await world.close()
}
if (asked === '') {
  const text = readFileSync(DOCUMENT, 'utf8')
  writeFileSync(DOCUMENT, withTable(text, tableOf(rows)))
  execFileSync(join(root, 'node_modules/.bin/prettier'), ['--write', DOCUMENT])
}
const passed = rows.filter(({ protection }) => protection !== null).length
console.log(`${passed} passed, ${rows.length - passed} failed`)
process.exit(passed === rows.length && passed > 0 ? 0 : 1)

async function tryOut(on: World, library: Library, person: Person): Promise<Row> {
  const scene = await setScene(on, 'demo', {})
  const began = Date.now()
  try {
    const played = play(on, scene, library, { person, place: PLACE })
    const { protection, refreshes } = await within(LIBRARY_SECONDS, played)
    const seconds = ((Date.now() - began) / 1000).toFixed(1)
    console.log(`ok   ${library.name}: ${protection}, ${refreshes} refreshes, ${seconds} s`)
    return { library, version: versionOf(library), protection }
  } catch (error) {
    console.error(`FAIL ${library.name}: ${error instanceof Error ? error.message : error}`)
    return { library, version: versionOf(library), protection: null }
  } finally {
    await scene.end()
  }
}

/** Rejects if it takes longer. */
async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs after ${seconds} seconds`)), seconds * 1000)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** The packages of npm, by the lock; and Debian's that a chosen library needs. */
function install(): void {
  cpSync(FILES, PLACE, { recursive: true })
  const installed = join(PLACE, 'node_modules/.package-lock.json')
  const lock = readFileSync(join(FILES, 'package-lock.json'), 'utf8')
  const marker = join(PLACE, 'installed.json')
  if (!existsSync(installed) || !existsSync(marker) || readFileSync(marker, 'utf8') !== lock) {
    const options = { cwd: PLACE, stdio: 'inherit', timeout: INSTALL_MILLISECONDS } as const
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], options)
    writeFileSync(marker, lock)
  }
  const needed = chosen.flatMap(({ package: from }) =>
    'debian' in from ? [from.debian, ...(from.with ?? [])] : [],
  )
  const missing = [...new Set(needed)].filter((name) => debianVersion(name) === undefined)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0) throw new Error(`install as root: ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const command = ['install', '-y', '-q', '--no-install-recommends', ...missing]
  execFileSync('apt-get', command, { env, stdio: 'inherit', timeout: INSTALL_MILLISECONDS })
}

function debianVersion(name: string): string | undefined {
  try {
    const format = ['-W', '-f', '${Status} ${Version}', name]
    const text = execFileSync('dpkg-query', format, { encoding: 'utf8', stdio: 'pipe' })
    return /^install ok installed (.*)$/.exec(text)?.[1]
  } catch {
    return undefined
  }
}

function versionOf({ package: from }: Library): string {
  if ('debian' in from) return `${debianVersion(from.debian)} (Debian)`
  const path = join(PLACE, 'node_modules', from.npm, 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
