// Whole logins over HTTP on loopback: Gatepost in workerd beside other services, the same IdP for
// all, one run. `npm run bench:logins`. The README says what is measured and how to read it.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { send } from './browser.ts'
import { login } from './login.ts'
import { writeReplay, type Step } from './replay.ts'
import {
  startGatepost,
  startJackson,
  startMellon,
  startPassport,
  startPostgres,
  startRecording,
  type Running,
} from './services/start.ts'
import type { Service } from './service.ts'
import { figuresOf, isMet, renderTable, renderTargets, type Figures, type Sample } from './table.ts'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7)
const LOGINS = Number(process.env['BENCH_LOGINS'] ?? 150)
/** Until the compilers have done their work. */
const WARM_UP = Number(process.env['BENCH_WARM_UP'] ?? 300)
const AT_ONCE = 4
const here = import.meta.dirname
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

type Subject = { name: string; running: Running; logIn: (index: number) => Promise<void> }

const folder = mkdtempSync(join(tmpdir(), 'gatepost-logins-'))
const open: { stop: () => Promise<void> }[] = []
try {
  install()
  const figures = await measureAll(await startAll())
  report(figures)
} finally {
  agent.destroy()
  for (const one of open.toReversed()) await one.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** The packages of the other services, and Debian's. */
function install(): void {
  if (!existsSync(join(here, 'node_modules')))
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: here,
      stdio: 'inherit',
    })
  const missing = ['apache2', 'libapache2-mod-auth-mellon', 'postgresql'].filter(
    (name) => !isInstalled(name),
  )
  if (missing.length === 0) return
  if (process.getuid?.() !== 0) throw new Error(`install as root: ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['install', '-y', '-q', ...missing], { env, stdio: 'inherit' })
}

function isInstalled(name: string): boolean {
  try {
    return /installed/.test(
      execFileSync('dpkg-query', ['-W', '-f', '${Status}', name], { encoding: 'utf8' }),
    )
  } catch {
    return false
  }
}

async function startAll(): Promise<Subject[]> {
  const bundle = build()
  const keep = <T extends { stop: () => Promise<void> }>(one: T): T => {
    open.push(one)
    return one
  }
  const subjects: Subject[] = []
  const add = (name: string, running: Running) =>
    subjects.push({ name, running, logIn: () => login(running.service, { agent }) })
  for (const kind of ['saml', 'oidc'] as const) {
    add(`Gatepost, ${kind}`, keep(await startGatepost(folder, bundle, kind)))
    const recorded = await record(bundle, kind)
    const script = `replay-${kind}/worker.mjs`
    mkdirSync(join(folder, dirname(script)))
    writeFileSync(join(folder, script), writeReplay(recorded))
    const running = keep(await startGatepost(folder, script, kind))
    const { origin } = running.service
    const logIn = (index: number) => repeat(origin, index, recorded[index]!.length)
    subjects.push({ name: `its storage alone, ${kind}`, running, logIn })
  }
  add('passport-saml, memory', keep(await startPassport()))
  add('mod_auth_mellon', keep(await startMellon(folder)))
  add('saml-jackson, memory', keep(await startJackson()))
  const postgres = keep(await startPostgres(folder))
  const jackson = keep(await startJackson(postgres.url))
  const cpu = () => jackson.cpu() + postgres.cpu()
  add('saml-jackson, Postgres', { ...jackson, cpu })
  return subjects
}

/** As `npm run deploy` uploads it. */
function build(): string {
  const output = join(folder, 'gatepost')
  execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', output], {
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return 'gatepost/worker.mjs'
}

/** The storage calls of as many logins as are measured, request by request. */
async function record(bundle: string, kind: Service['kind']): Promise<Step[][]> {
  const recording = await startRecording(folder, bundle, kind)
  const logins: Step[][] = []
  try {
    for (let index = 0; index < WARM_UP + ROUNDS * LOGINS; index++) {
      const steps: Step[] = []
      const onAnswer = async () => void steps.push(await recording.drain())
      await login(recording.service, { agent, onAnswer })
      logins.push(steps)
    }
    return logins
  } finally {
    await recording.stop()
  }
}

async function repeat(origin: string, index: number, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const answer = await send({ agent }, new URL(`${origin}/${index}/${step}`), new Map())
    if (answer.status !== 200) throw new Error(`the storage calls failed: ${answer.text}`)
  }
}

/** In turns, and each round begins with another one: a disturbance affects all. */
async function measureAll(subjects: readonly Subject[]): Promise<Figures[]> {
  for (const subject of subjects) await measure(subject, 0, WARM_UP)
  const samples = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < ROUNDS; round++)
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(turn + round) % subjects.length]!
      samples.get(subject.name)!.push(await measure(subject, WARM_UP + round * LOGINS, LOGINS))
    }
  return [...samples].map(([name, list]) => figuresOf(name, list))
}

async function measure({ running, logIn }: Subject, from: number, count: number): Promise<Sample> {
  const [cpu, began] = [running.cpu(), performance.now()]
  let next = from
  const work = async () => {
    while (next < from + count) await logIn(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { logins: count, cpu: running.cpu() - cpu, wall: performance.now() - began }
}

function report(figures: readonly Figures[]): void {
  const cpuOf = (name: string) => figures.find((one) => one.name === name)!.cpu
  const shareOf = (kind: string) => cpuOf(`Gatepost, ${kind}`) - cpuOf(`its storage alone, ${kind}`)
  const passport = cpuOf('passport-saml, memory')
  const targets = [
    {
      what: "The isolate's share beside passport-saml",
      ours: shareOf('saml'),
      theirs: passport,
      limit: 0.65,
    },
    {
      what: 'The whole beside passport-saml',
      ours: cpuOf('Gatepost, saml'),
      theirs: passport,
      limit: 1.5,
    },
    {
      what: 'The whole, with an app, beside saml-jackson in memory',
      ours: cpuOf('Gatepost, oidc'),
      theirs: cpuOf('saml-jackson, memory'),
      limit: 1.5,
    },
    {
      what: 'The whole, with an app, beside saml-jackson on Postgres',
      ours: cpuOf('Gatepost, oidc'),
      theirs: cpuOf('saml-jackson, Postgres'),
      limit: 0.6,
    },
  ]
  console.log(`${ROUNDS} rounds of ${LOGINS} logins, ${AT_ONCE} at once; medians of the rounds\n`)
  console.log(`${renderTable(figures)}\n\n${renderTargets(targets)}`)
  for (const kind of ['saml', 'oidc'])
    console.log(`\nThe isolate's share, ${kind}: ${shareOf(kind).toFixed(2)} ms`)
  if (!targets.every(isMet)) process.exitCode = 1
}
