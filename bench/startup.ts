// Measures what a cold isolate costs in workerd: its start and its first login, beside the bundle
// of an earlier commit built in the same run. `npm run bench:startup`.
//
// The measure is the CPU time of the workerd process, less that of one with an empty Worker. An
// import in Node would mislead: there V8 does not parse a part that is not evaluated.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDatabase,
  createHistory,
  login,
  pretendLogin,
  SETTINGS,
} from '../test/support/workerd/first-login.ts'
import { startWorkerd } from '../test/support/workerd/workerd.ts'

/** The last commit that evaluated everything at start. */
const BASELINE = 'b60e87b'
const LIMIT = 0.7
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 12)
const EMPTY = 'empty/worker.mjs'

type Subject = {
  name: string
  script: string
  migrations: string
  login: (origin: string) => Promise<void>
}
/** Milliseconds: after the start, and after the first login. */
type Sample = { start: number; login: number; wall: number }

const folder = mkdtempSync(join(tmpdir(), 'gatepost-startup-'))
const checkout = join(folder, 'baseline')
try {
  if (!hasCommit()) {
    console.log(`bench:startup: skipped, this clone has no commit ${BASELINE}`)
  } else {
    const subjects = prepare()
    const samples = await measureAll(subjects)
    if (!report(samples)) process.exitCode = 1
  }
} finally {
  removeCheckout()
  rmSync(folder, { recursive: true, force: true })
}

function hasCommit(): boolean {
  try {
    git('cat-file', '-e', `${BASELINE}^{commit}`)
    return true
  } catch {
    return false
  }
}

function prepare(): Subject[] {
  git('worktree', 'add', '--quiet', '--detach', checkout, BASELINE)
  if (hasSameDependencies()) symlinkSync(join(process.cwd(), 'node_modules'), modulesOf(checkout))
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: checkout, stdio: 'inherit' })
  mkdirSync(join(folder, 'empty'))
  writeFileSync(join(folder, EMPTY), `export default { fetch: () => new Response('ok') }\n`)
  return [
    {
      name: 'empty',
      script: EMPTY,
      migrations: 'migrations',
      login: pretendLogin,
    },
    {
      name: BASELINE,
      script: build(checkout, BASELINE),
      migrations: join(checkout, 'migrations'),
      login,
    },
    { name: 'now', script: build(process.cwd(), 'now'), migrations: 'migrations', login },
  ]
}

function modulesOf(root: string): string {
  return join(root, 'node_modules')
}

/** Whether both lock files have the same packages in the bundle, and the same bundler. */
function hasSameDependencies(): boolean {
  const [before, now] = [checkout, '.'].map((root) => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string; dev?: boolean }>
    }
    const bundled = Object.entries(packages).filter(
      ([path, { dev }]) =>
        path !== '' && (!dev || /^node_modules\/(?:wrangler|esbuild)$/.test(path)),
    )
    return JSON.stringify(bundled.map(([path, { version }]) => [path, version]).toSorted())
  })
  return before === now
}

/** As it is uploaded. The path of the main module in `folder`. */
function build(root: string, name: string): string {
  execFileSync(
    join(modulesOf(root), '.bin/wrangler'),
    ['deploy', '--dry-run', '--outdir', join(folder, name)],
    {
      cwd: root,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const main = ['worker.mjs', 'index.js'].find((file) => existsSync(join(folder, name, file)))
  return join(name, main!)
}

/** In turns, and each round begins with another one: a disturbance affects all. */
async function measureAll(subjects: readonly Subject[]): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]))
  for (const subject of subjects) await measure(subject)
  for (let round = 0; round < ROUNDS; round++)
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(turn + round) % subjects.length]!
      samples.get(subject.name)!.push(await measure(subject))
    }
  return samples
}

async function measure(subject: Subject): Promise<Sample> {
  const { script, migrations } = subject
  const [database, history] = [createDatabase(migrations), createHistory()]
  const began = performance.now()
  const worker = await startWorkerd({ folder, script, database, history, settings: SETTINGS })
  try {
    const start = worker.cpu()
    await subject.login(worker.origin)
    return { start, login: worker.cpu(), wall: performance.now() - began }
  } finally {
    await worker.stop()
    database.close()
    history.close()
  }
}

/** Prints the figures. False if the limit is not kept. */
function report(samples: ReadonlyMap<string, Sample[]>): boolean {
  const [empty, before, now] = [...samples.values()]
  console.log(
    `Start and first login of a cold isolate in workerd, ${ROUNDS} rounds, milliseconds\n`,
  )
  for (const [name, list] of samples)
    console.log(
      name.padEnd(8),
      `CPU at start ${spread(list, 'start')}   CPU with login ${spread(list, 'login')}  `,
      `wall ${spread(list, 'wall')}`,
    )
  const ratiosOf = (key: 'start' | 'login') =>
    now!.map((sample, round) => {
      const base = empty![round]![key]
      return (sample[key] - base) / (before![round]![key] - base)
    })
  console.log(`\nRatio to ${BASELINE}, each less the empty Worker: minimum, median, maximum`)
  console.log(`start              ${three(ratiosOf('start'), 2)}`)
  const ratios = ratiosOf('login')
  console.log(`start and login    ${three(ratios, 2)}   limit ${LIMIT} (median)`)
  return median(ratios) <= LIMIT
}

function spread(samples: readonly Sample[], key: keyof Sample): string {
  return three(
    samples.map((sample) => sample[key]),
    0,
  )
}

function three(values: readonly number[], digits: number): string {
  return [Math.min(...values), median(values), Math.max(...values)]
    .map((value) => value.toFixed(digits))
    .join(' / ')
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}

function removeCheckout(): void {
  try {
    git('worktree', 'remove', '--force', checkout)
  } catch {
    // It was never created.
  }
}

function git(...command: string[]): string {
  return execFileSync('git', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}
