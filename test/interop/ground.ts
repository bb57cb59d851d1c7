// What a run needs, brought up once: the Worker with its database, and keys. Everything is in one
// temporary folder, and gone when close() has resolved.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../e2e/harness/database.ts'
import { createECKeyPair, createKeyPair, toPEM, type KeyPair } from '../e2e/harness/keys.ts'
import { guard } from '../e2e/harness/processes.ts'
import { startWorker } from '../e2e/harness/worker.ts'
import type { KeyKind } from './combinations.ts'

export type Ground = Awaited<ReturnType<typeof openGround>>

export async function openGround() {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const runFolder = mkdtempSync(`${tmpdir()}/gatepost-interop-`)
  const dismissGuard = guard(runFolder)
  const place = { root, runFolder, stateFolder: `${runFolder}/state` }
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer().catch(console.error)
    rmSync(runFolder, { recursive: true, force: true })
    dismissGuard()
  }
  try {
    const serviceProvider = await createKeyPair('Gatepost interoperability')
    const keys: Record<KeyKind, KeyPair> = {
      rsa: await createKeyPair('Identity provider of a test'),
      ec: await createECKeyPair('Identity provider of a test'),
    }
    for (const [kind, pair] of Object.entries(keys)) {
      const key = toPEM('PRIVATE KEY', pair.privateKey)
      writeFileSync(`${runFolder}/${kind}.key`, key, { mode: 0o600 })
      writeFileSync(`${runFolder}/${kind}.crt`, toPEM('CERTIFICATE', pair.certificate))
    }
    writeFileSync(`${runFolder}/sp.crt`, toPEM('CERTIFICATE', serviceProvider.certificate))
    const worker = await startWorker({ ...place, serviceProvider })
    closers.push(worker.stop)
    const database = await openDatabase(place)
    closers.push(database.close)
    return { ...place, origin: worker.origin, workerLog: worker.log, database, closers, close }
  } catch (error) {
    await close()
    throw error
  }
}
