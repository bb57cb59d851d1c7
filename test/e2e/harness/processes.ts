// The processes of a run. Each leads a process group of its own, in a folder of its own with its
// log and its number, so that stopping one reaches what it started in turn; nothing else is ever
// signalled.
import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export type Started = {
  /** Resolves when nothing of it is left. */
  stop(): Promise<void>
  /** What it has written so far. */
  log(): string
  /** Resolves to how it ended, in words. */
  ended: Promise<string>
}

type Command = {
  folder: string
  cwd: string
  command: string
  arguments: string[]
  environment?: Record<string, string>
}

const PATIENCE_MILLISECONDS = 5000
/** Of a command that runs to its end. */
const RUN_MILLISECONDS = 120_000

/** Starts a command; its folder is made. */
export function start(what: Command): Started {
  mkdirSync(what.folder, { recursive: true })
  const logPath = `${what.folder}/log.txt`
  const log = openSync(logPath, 'w')
  const child = spawn(what.command, what.arguments, {
    cwd: what.cwd,
    detached: true,
    env: { ...process.env, ...what.environment },
    stdio: ['ignore', log, log],
  })
  const group = child.pid
  if (group === undefined) throw new Error(`${what.command} cannot be started`)
  writeFileSync(`${what.folder}/pid`, String(group))
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  return {
    ended,
    log: () => readFileSync(logPath, 'utf8'),
    async stop() {
      await stopGroup(group)
      rmSync(`${what.folder}/pid`, { force: true })
    },
  }
}

/**
 * Runs a command to its end, for at most two minutes. Throws with the end of its output unless it
 * ended well.
 */
export async function run(what: Command): Promise<string> {
  const started = start(what)
  const timer = setTimeout(() => void started.stop(), RUN_MILLISECONDS)
  const how = await started.ended
  clearTimeout(timer)
  await started.stop()
  if (how === 'exit code 0') return started.log()
  throw new Error(
    `${what.command} ${what.arguments.join(' ')}: ${how}\n${started.log().slice(-800)}`,
  )
}

/**
 * Waits until a URL answers so. When the process ends first, or after a minute, stops it and throws
 * with the end of its log.
 */
export async function waitFor(url: string, started: Started, status = 200): Promise<void> {
  const end: { how?: string } = {}
  void started.ended.then((how) => (end.how = how))
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && end.how === undefined) {
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS)
    const response = await fetch(url, { signal }).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === status) return
    await delay(50)
  }
  await started.stop()
  throw new Error(
    `${url} does not answer (${end.how ?? 'waited a minute'})\n${started.log().slice(-800)}`,
  )
}

/**
 * Should this process be killed so that it cannot tidy up, a shell that waits for its end does it:
 * every group whose number stands in a folder of the run, and the run's files, which hold keys.
 * Returns what dismisses it.
 */
export function guard(runFolder: string): () => void {
  const script = `tail --pid="$1" -f /dev/null
    for file in "$2"/*/pid; do [ -s "$file" ] && kill -KILL -- "-$(cat "$file")"; done
    for file in "$2"/*/child; do [ -s "$file" ] && kill -KILL $(cat "$file"); done
    rm -rf "$2"`
  const child = spawn('bash', ['-c', script, 'guard', String(process.pid), runFolder], {
    detached: true,
    stdio: 'ignore',
  })
  child.unref()
  return () => {
    if (child.pid !== undefined) signal(child.pid, 'SIGKILL')
  }
}

async function stopGroup(group: number): Promise<void> {
  // Asked first, then made to.
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    const deadline = Date.now() + PATIENCE_MILLISECONDS
    signal(group, name)
    while (signal(group, 0) && Date.now() < deadline) await delay(20)
  }
}

function signal(group: number, name: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-group, name)
  } catch {
    return false
  }
}
