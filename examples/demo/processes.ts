// The processes of the demo. Each leads a process group of its own, so that stopping one stops what
// it started in turn (wrangler's workerd); nothing is ever signalled but these groups.
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

type Group = { name: string; leader: number; ended: Promise<string> }

const groups = new Set<Group>()
const leash = new URL('./leash.ts', import.meta.url).href
const patienceMilliseconds = 5000
let stopping = false

/** Where a process runs, the file descriptor of its output, and additions to its environment. */
type Place = { cwd: string; log: number; environment?: Record<string, string> }

/**
 * Starts `node` with the arguments. `ended` resolves to how the process ended, in words. Its
 * environment loses what could lead wrangler to an account, and has it ask nothing of the network:
 * no telemetry, no update check, no geolocation.
 */
export function startProcess(
  name: string,
  { cwd, log, environment = {} }: Place,
  args: string[],
): Group {
  if (stopping) throw new Error('The demo is being stopped')
  const child = spawn(process.execPath, ['--import', leash, ...args], {
    cwd,
    stdio: ['ignore', log, log],
    detached: true,
    env: { ...cleanEnvironment(), ...environment },
  })
  const leader = child.pid
  if (leader === undefined) throw new Error(`${name} could not be started`)
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  const group: Group = { name, leader, ended }
  groups.add(group)
  void ended.then(() => {
    // Once a group is empty its number may become somebody else's: forget it at once.
    if (!isAlive(group)) groups.delete(group)
  })
  return group
}

/** Starts a process and waits for its end. Throws an Error of one line unless it ended well. */
export async function runProcess(name: string, place: Place, args: string[]): Promise<void> {
  const how = await startProcess(name, place, args).ended
  if (how !== 'exit code 0') throw new Error(`${name} failed (${how})`)
}

/** Stops every group: SIGTERM first, SIGKILL after five seconds. Resolves when all are gone. */
export async function stopProcesses(): Promise<void> {
  stopping = true
  for (const group of groups) signal(group, 'SIGTERM')
  const deadline = Date.now() + patienceMilliseconds
  while (someAlive() && Date.now() < deadline) await delay(25)
  for (const group of groups) signal(group, 'SIGKILL')
  while (someAlive() && Date.now() < deadline + patienceMilliseconds) await delay(25)
}

function someAlive(): boolean {
  for (const group of groups) if (!isAlive(group)) groups.delete(group)
  return groups.size > 0
}

function isAlive(group: Group): boolean {
  return signal(group, 0)
}

function signal(group: Group, name: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-group.leader, name)
  } catch {
    return false
  }
}

function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries<string | undefined>(process.env).filter(
    ([name]) => !/^(CLOUDFLARE|CF|WRANGLER)_/.test(name),
  )
  return {
    ...Object.fromEntries(kept),
    CI: '1',
    FORCE_COLOR: '0',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  }
}
