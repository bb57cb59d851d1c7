// What a run needs, brought up once: the Worker, its database and a browser. Everything is in one
// temporary folder, and gone when close() has resolved.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { openDatabase } from './database.ts'
import { createKeyPair } from './keys.ts'
import { CHROMIUM } from './preflight.ts'
import { guard } from './processes.ts'
import { startWorker } from './worker.ts'

export type World = Awaited<ReturnType<typeof openWorld>>

type Closer = () => Promise<unknown>

export async function openWorld() {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const runFolder = mkdtempSync(`${tmpdir()}/gatepost-e2e-`)
  const dismissGuard = guard(runFolder)
  const place = { root, runFolder, stateFolder: `${runFolder}/state` }
  const closers = new Set<Closer>()
  // In the order opposite to that of opening, also where that stopped half-way; what cannot be
  // closed keeps nothing else open.
  const close = async () => {
    for (const closer of [...closers].toReversed()) await closer().catch(console.error)
    closers.clear()
    rmSync(runFolder, { recursive: true, force: true })
    dismissGuard()
  }
  try {
    const [serviceProvider, idpKeys] = await Promise.all([
      createKeyPair('Gatepost end-to-end tests'),
      createKeyPair('Identity provider of a test'),
    ])
    const worker = await startWorker({ ...place, serviceProvider })
    closers.add(worker.stop)
    const database = await openDatabase(place)
    closers.add(database.close)
    const browser = await launchBrowser()
    closers.add(() => browser.close())
    return {
      ...place,
      origin: worker.origin,
      serviceProvider,
      idpKeys,
      database,
      browser,
      workerLog: worker.log,
      closers,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function launchBrowser(): Promise<Browser> {
  // Keeps it to this machine: no other name resolves.
  const hosts = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--disable-background-networking', hosts, ...asRoot],
    // A signal must end more than the browser: run.ts does.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  })
}
