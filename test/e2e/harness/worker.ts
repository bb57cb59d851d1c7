// The Worker, run by `wrangler dev` with state, settings and secrets of this run alone: neither
// .dev.vars nor .wrangler/state of the repository is read or written.
import { randomBytes } from 'node:crypto'
import { cpSync, writeFileSync } from 'node:fs'
import type { KeyPair } from './keys.ts'
import { migratedState } from './migrated-state.ts'
import { findFreePort } from './ports.ts'
import { start, waitFor, type Started } from './processes.ts'

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'

export type Worker = Started & { origin: string }

/** Puts databases with all migrations into the state folder and serves from it. */
export async function startWorker(place: {
  root: string
  runFolder: string
  stateFolder: string
  serviceProvider: KeyPair
}): Promise<Worker> {
  const { root, runFolder, stateFolder, serviceProvider } = place
  const port = await findFreePort()
  const origin = `http://localhost:${port}`
  // With an --env-file wrangler does not look for .dev.vars.
  const settings = `${runFolder}/worker.env`
  const lines = [
    `ORIGIN="${origin}"`,
    `SP_PRIVATE_KEY="${serviceProvider.privateKey}"`,
    `SP_CERTIFICATE="${serviceProvider.certificate}"`,
    `LOGIN_SECRET="${randomBytes(32).toString('base64')}"`,
    `KEY_ENCRYPTION_KEY="${randomBytes(32).toString('base64')}"`,
    'PRODUCT_NAME="Vendor Cloud"',
    'ORGANIZATION_NAME="Vendor & Söhne"',
    'ORGANIZATION_URL="https://www.vendor.example/?a=1&b=2"',
    'SUPPORT_EMAIL="sso-support@vendor.example"',
  ]
  writeFileSync(settings, `${lines.join('\n')}\n`, { mode: 0o600 })
  cpSync(await migratedState(root), stateFolder, { recursive: true })
  // The debugger's port would be one that others choose as well: the system chooses.
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const dev = ['dev', ...listen, '--show-interactive-dev-session=false']
  const started = start({
    folder: `${runFolder}/worker`,
    cwd: root,
    command: process.execPath,
    arguments: [
      WRANGLER,
      ...dev,
      '--local',
      '--persist-to',
      stateFolder,
      '--config',
      'wrangler.toml',
      '--env-file',
      settings,
    ],
  })
  await waitFor(`${origin}/health`, started)
  return { ...started, origin }
}
