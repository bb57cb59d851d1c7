// Starts each service as processes of its own, and says which processes are its CPU.
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pemOf } from '../../../test/support/keys.ts'
import type { StorageCall } from '../../../test/support/workerd/bindings.ts'
import { cpuOfTree } from '../cpu.ts'
import { APP, DONE, IDP, type Service } from '../service.ts'
import { writeMellon } from './mellon.ts'

export type Running = {
  service: Service
  /** CPU of all its processes so far, milliseconds. */
  cpu: () => number
  stop: () => Promise<void>
}

const START_MILLISECONDS = 60_000
const here = import.meta.dirname

export async function startPassport(): Promise<Running> {
  return startScript('passport.mjs', {
    idp: IDP,
    certificate: pemOf('idp'),
    done: DONE,
  })
}

export async function startJackson(postgres?: string): Promise<Running> {
  return startScript('jackson.mjs', { idp: IDP, certificate: pemOf('idp'), app: APP, postgres })
}

export async function startGatepost(
  folder: string,
  script: string,
  kind: Service['kind'],
): Promise<Running> {
  return startScript('gatepost.ts', { folder, script, kind, record: false })
}

export type Recording = Running & { drain: () => Promise<StorageCall[]> }

export async function startRecording(
  folder: string,
  script: string,
  kind: Service['kind'],
): Promise<Recording> {
  const { child, ...running } = await forkScript('gatepost.ts', {
    folder,
    script,
    kind,
    record: true,
  })
  const drain = () =>
    new Promise<StorageCall[]>((resolve) => {
      child.once('message', (calls) => resolve(calls as StorageCall[]))
      child.send('drain')
    })
  return { ...running, drain }
}

export async function startMellon(folder: string): Promise<Running> {
  const place = mkdtempSync(join(folder, 'mellon-'))
  // Apache's children are another user's.
  for (const one of [folder, place]) chmodSync(one, 0o755)
  const { command, service } = writeMellon(place, await findFreePort())
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] })
  await waitUntilListening(child, Number(new URL(service.origin).port))
  return { service, cpu: () => cpuOfTree(child.pid!), stop: () => end(child) }
}

/** A cluster of Debian's Postgres with its own defaults. Its user may not be root. */
export async function startPostgres(
  folder: string,
): Promise<{ url: string; cpu: () => number; stop: () => Promise<void> }> {
  const place = join(folder, 'postgres')
  const port = await findFreePort()
  const bin = '/usr/lib/postgresql/15/bin'
  const asOwner = ['-u', 'postgres', '--']
  mkdirSync(place)
  execFileSync('chown', ['postgres', place])
  const init = [`${bin}/initdb`, '-D', `${place}/data`, '--auth=trust', '-U', 'bench']
  execFileSync('runuser', [...asOwner, ...init], { stdio: 'ignore' })
  const server = [`${bin}/postgres`, '-D', `${place}/data`, '-k', place, '-p', String(port)]
  const listening = ['-c', 'listen_addresses=127.0.0.1']
  const child = spawn('runuser', [...asOwner, ...server, ...listening], { stdio: 'ignore' })
  await waitUntilListening(child, port)
  const url = `postgres://bench@127.0.0.1:${port}/postgres`
  return { url, cpu: () => cpuOfTree(child.pid!), stop: () => end(child) }
}

async function startScript(script: string, settings: unknown): Promise<Running> {
  const { service, cpu, stop } = await forkScript(script, settings)
  return { service, cpu, stop }
}

async function forkScript(script: string, settings: unknown) {
  const child = fork(join(here, script), {
    env: { ...process.env, NODE_ENV: 'production', BENCH_SERVICE: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const service = await new Promise<Service>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} did not start`)), START_MILLISECONDS)
    child.once('message', (said) => {
      clearTimeout(timer)
      resolve(said as Service)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`${script} ended with ${code}`))
    })
  })
  return { child, service, cpu: () => cpuOfTree(child.pid!), stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  // A service that has children ends them first.
  if (child.connected) child.disconnect()
  else child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await exited
  clearTimeout(timer)
}

async function waitUntilListening(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + START_MILLISECONDS
  while (child.exitCode === null && Date.now() < until) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/`)).body?.cancel()
      return
    } catch (error) {
      // What speaks no HTTP, as Postgres, answers too.
      const { code } = ((error as Error).cause ?? {}) as { code?: string }
      if (code !== undefined && code !== 'ECONNREFUSED') return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error(`nothing listens at port ${port}`)
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
