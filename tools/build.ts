// Builds the Worker into dist/worker where its sources have changed. wrangler.toml has wrangler run
// this before it deploys or serves.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const OUTPUT = 'dist/worker'
/** Names the sources that OUTPUT was made of. */
const SOURCES = 'dist/sources.sha256'

await buildWhereChanged()

/**
 * Servers of tests ask for a build at each start, where mostly nothing has changed: what makes one
 * is loaded late.
 */
async function buildWhereChanged(): Promise<void> {
  const sources = fingerprint()
  const isBuilt = existsSync(SOURCES) && readFileSync(SOURCES, 'utf8') === sources
  if (isBuilt && existsSync(join(OUTPUT, 'worker.mjs'))) return
  rmSync(SOURCES, { force: true })
  const { buildWorker } = await import('./build-worker.ts')
  await buildWorker(OUTPUT)
  writeFileSync(SOURCES, sources)
}

/** Of all that a build reads. */
function fingerprint(): string {
  const hash = createHash('sha256')
  const inputs = ['package-lock.json', 'tsconfig.json', ...globSync(['src/**', 'tools/build*.ts'])]
  for (const path of inputs.filter((one) => statSync(one).isFile()).toSorted())
    hash.update(`${path}\n`).update(createHash('sha256').update(readFileSync(path)).digest())
  return hash.digest('hex')
}
