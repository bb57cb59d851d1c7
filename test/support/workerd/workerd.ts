// Runs the script of a built Worker in workerd, with D1 and KV of this process. Loopback only.
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { serveD1, serveKV, type OnCall } from './bindings.ts'

export type RunningWorker = {
  origin: string
  /** CPU time of all threads of workerd so far, milliseconds. */
  cpu: () => number
  /** Bytes of workerd in memory: now, and the most since `forgetPeak`. */
  memory: () => { now: number; peak: number }
  forgetPeak: () => void
  stop: () => Promise<void>
}

type Place = {
  /** Where the configuration is written. */
  folder: string
  /** Path of the main module, in `folder`. Scripts beside it are modules too. */
  script: string
  database: DatabaseSync
  history: DatabaseSync
  /** Text bindings beside ORIGIN. */
  settings: Readonly<Record<string, string>>
  onCall?: OnCall
  /** Of V8, such as the size of its heap. */
  v8Flags?: readonly string[]
}

/** Where the package has the program. */
const { default: workerd } = createRequire(import.meta.url)('workerd') as { default: string }
const START_SECONDS = 20

/** Rejects where the Worker does not answer in time. */
export async function startWorkerd(place: Place): Promise<RunningWorker> {
  const [d1, history, kv, port] = await Promise.all([
    serveD1(place.database, { store: 'DB', onCall: place.onCall }),
    serveD1(place.history, { store: 'HISTORY', onCall: place.onCall }),
    serveKV(place.onCall),
    findFreePort(),
  ])
  const origin = `http://localhost:${port}`
  const path = join(place.folder, `workerd-${port}.capnp`)
  writeFileSync(
    path,
    configure(place, origin, { port, d1: d1.port, history: history.port, kv: kv.port }),
  )
  const child = spawn(workerd, ['serve', path], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: Buffer[] = []
  child.stderr!.on('data', (chunk: Buffer) => said.push(chunk))
  const stop = async () => {
    d1.close()
    history.close()
    kv.close()
    await end(child)
  }
  try {
    await waitUntilListening(child, port)
  } catch (error) {
    await stop()
    throw new Error(`workerd did not start: ${Buffer.concat(said)}`, { cause: error })
  }
  const pid = child.pid!
  return {
    origin,
    cpu: () => cpuOf(pid),
    memory: () => ({ now: memoryOf(pid, 'VmRSS'), peak: memoryOf(pid, 'VmHWM') }),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    stop,
  }
}

function configure(
  { folder, script, settings, v8Flags = [] }: Place,
  origin: string,
  { port, d1, history, kv }: Record<'port' | 'd1' | 'history' | 'kv', number>,
): string {
  const texts = Object.entries({ ...settings, ORIGIN: origin }).map(
    ([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)}),`,
  )
  const settingsFile = readFileSync('wrangler.toml', 'utf8')
  const [date] = /(?<=compatibility_date = )"[^"]+"/.exec(settingsFile)!
  const limits = [...settingsFile.matchAll(/^\[\[ratelimits\]\]\nname = "(\w+)"/gm)].map(
    ([, name]) => `(name = "${name}", wrapped = (moduleName = "gatepost:unlimited")),`,
  )
  const others = readdirSync(join(folder, dirname(script))).filter(
    (name) => /\.m?js$/.test(name) && name !== basename(script),
  )
  const modules = [basename(script), ...others].map((name) => {
    const path = JSON.stringify(join(dirname(script), name))
    return `(name = "${name}", esModule = embed ${path}),`
  })
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "d1", external = (address = "127.0.0.1:${d1}", http = ())),
    (name = "history", external = (address = "127.0.0.1:${history}", http = ())),
    (name = "kv", external = (address = "127.0.0.1:${kv}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
  v8Flags = ${JSON.stringify(v8Flags)},
  # workerd has no rate limits of its own: these let everything pass.
  extensions = [(modules = [(
    name = "gatepost:unlimited",
    internal = true,
    esModule = "export default () => ({ limit: async () => ({ success: true }) })",
  )])],
);
const main :Workerd.Worker = (
  modules = [
    ${modules.join('\n    ')}
  ],
  compatibilityDate = ${date},
  compatibilityFlags = ["global_fetch_strictly_public"],
  bindings = [
    ${bindD1('DB', 'd1')}
    ${bindD1('HISTORY', 'history')}
    (name = "RELAY", kvNamespace = "kv"),
    ${limits.join('\n    ')}
    ${texts.join('\n    ')}
  ],
);
`
}

function bindD1(binding: string, service: string): string {
  const inner = `innerBindings = [(name = "fetcher", service = "${service}")]`
  return `(name = "${binding}", wrapped = (moduleName = "cloudflare-internal:d1-api", ${inner})),`
}

/** Sums the threads' nanoseconds: /proc/PID/stat counts in hundredths of a second. */
function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6
}

function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)![1]) * 1024
}

async function waitUntilListening(child: ChildProcess, port: number): Promise<void> {
  const end = Date.now() + START_SECONDS * 1000
  while (child.exitCode === null && Date.now() < end) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/health`)).body?.cancel()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  throw new Error(child.exitCode === null ? 'no answer' : `exit code ${child.exitCode}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
