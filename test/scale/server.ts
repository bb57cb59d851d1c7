// The Worker of worker.ts under `wrangler dev`, with a database of its own, that can be killed and
// started again.
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migratedState } from '../e2e/harness/migrated-state.ts'
import { findFreePort } from '../e2e/harness/ports.ts'
import { guard, start, waitFor, type Started } from '../e2e/harness/processes.ts'
import type { Cost } from '../support/wrap-d1.ts'

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'
/** wrangler.toml says that tools/build.ts has bundled the entry: not this one. */
const BUNDLED = ['--bundle', '--alias', 'pkijs:./src/saml/signature/pkijs-stub.ts']

export type Answer = { status: number; headers: Headers; body: unknown; cost: Cost }

export type Server = Awaited<ReturnType<typeof openServer>>

export async function openServer() {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const runFolder = mkdtempSync(join(tmpdir(), 'gatepost-scale-'))
  const dismissGuard = guard(runFolder)
  const port = process.env['PORT'] ? Number(process.env['PORT']) : await findFreePort()
  const origin = `http://localhost:${port}`
  const settings = join(runFolder, 'worker.env')
  const secret = () => randomBytes(32).toString('base64')
  const secrets = `LOGIN_SECRET="${secret()}"\nKEY_ENCRYPTION_KEY="${secret()}"\n`
  writeFileSync(settings, `ORIGIN="${origin}"\n${secrets}`, { mode: 0o600 })
  const wrangler = (...command: string[]) => ({
    folder: join(runFolder, 'worker'),
    cwd: root,
    command: process.execPath,
    arguments: [
      WRANGLER,
      ...command,
      '--local',
      '--persist-to',
      join(runFolder, 'state'),
      '--config',
      'wrangler.toml',
      '--env-file',
      settings,
    ],
    environment: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
  })
  let running: Started | undefined

  async function up(): Promise<void> {
    const listen = ['--ip', '127.0.0.1', '--port', String(port)]
    const quiet = ['--show-interactive-dev-session=false', '--log-level', 'error']
    const dev = ['dev', 'test/scale/worker.ts', ...BUNDLED, ...listen, ...quiet]
    running = start(wrangler(...dev))
    await waitFor(`${origin}/health`, running)
  }

  /** At once, whatever it is doing, and the database with it. */
  async function kill(): Promise<void> {
    const group = Number(readFileSync(join(runFolder, 'worker', 'pid'), 'utf8'))
    process.kill(-group, 'SIGKILL')
    await running?.ended
    await running?.stop()
  }

  async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(origin + path, { redirect: 'manual', ...init })
    const text = await response.text()
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
    const cost = JSON.parse(response.headers.get('x-d1') ?? '{}') as Cost
    const body: unknown = isJson ? JSON.parse(text) : text
    return { status: response.status, headers: response.headers, body, cost }
  }

  async function sql<Row = Record<string, unknown>>(text: string): Promise<Row[]> {
    const { status, body } = await ask('/scale/sql', { method: 'POST', body: text })
    if (status !== 200) throw new Error(`${text.slice(0, 200)}: ${JSON.stringify(body)}`)
    return body as Row[]
  }

  async function close(): Promise<void> {
    await running?.stop()
    rmSync(runFolder, { recursive: true, force: true })
    dismissGuard()
  }

  try {
    cpSync(await migratedState(root), join(runFolder, 'state'), { recursive: true })
    await up()
  } catch (error) {
    await close()
    throw error
  }
  return { origin, ask, sql, up, kill, close }
}
