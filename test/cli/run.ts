// Runs `gatepost`: as a process of its own, in a folder with configuration and state of this run;
// or here, which is quicker.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { vi } from 'vitest'
import { runCommand } from '../../src/cli/commands.ts'
import { faultsOfWorker } from '../support/worker-log.ts'
import keys from '../support/keys.json' with { type: 'json' }
import { startWorker, type Worker } from '../e2e/harness/worker.ts'

/** A run of a command; its status is the process's. */
export type Run = { status: number; stdout: string; stderr: string }

const ROOT = resolve('.')

export type Place = Awaited<ReturnType<typeof openPlace>>

/**
 * A database of its own, with a Worker that serves from it; commands without flags work on the same
 * one.
 */
export async function openPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-'))
  copyFileSync(join(ROOT, 'wrangler.toml'), join(folder, 'wrangler.toml'))
  const runFolder = join(folder, 'run')
  mkdirSync(runFolder)
  const { privateKey, certificate } = keys.sp
  const worker: Worker = await startWorker({
    root: ROOT,
    runFolder,
    stateFolder: join(folder, '.wrangler/state'),
    serviceProvider: { privateKey, certificate },
  })
  return {
    origin: worker.origin,
    file(name: string, content: string | Uint8Array): string {
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    },
    /** A process of its own, on the database of its folder. */
    gatepost: (...args: string[]) => gatepost(folder, args),
    async close() {
      await worker.stop()
      const faults = faultsOfWorker(worker.log())
      rmSync(folder, { recursive: true, force: true })
      if (faults.length > 0) throw new Error(`The Worker’s log holds\n${faults.join('\n')}`)
    },
  }
}

export function gatepost(
  folder: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Run> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(ROOT, 'src/cli/main.ts'), ...args],
      { cwd: folder, env: { ...process.env, ...environment } },
      (error, stdout, stderr) => {
        done({ status: error ? Number(error.code) : 0, stdout, stderr })
      },
    )
  })
}

/** Runs a command in this process. Rejects as the command does. */
export async function runHere(...args: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    await runCommand(args)
    return log.mock.calls.map((line) => line.join(' ')).join('\n')
  } finally {
    log.mockRestore()
  }
}
