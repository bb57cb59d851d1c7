// The deployed database, with wrangler's own login and a configuration derived from wrangler.toml.
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import type { Env } from '../env.ts'
import { cut } from '../cut.ts'
import { CommandError } from './command-error.ts'
import { openInProcess } from './in-process.ts'
import type { Transport } from './transport.ts'

/** The part of wrangler.toml that is read. */
export type DeployedConfig = {
  name?: string | undefined
  account_id?: string | undefined
  compatibility_date?: string | undefined
  vars: Record<string, unknown>
  d1_databases: readonly {
    binding: string
    database_name?: string | undefined
    database_id?: unknown
  }[]
}

/** What a command uses, and no other binding of the Worker. */
const BINDINGS = ['DB', 'HISTORY'] as const

/** `databaseIDs`: by binding. */
export function deriveRemoteConfig(
  config: DeployedConfig,
  databaseIDs: Readonly<Record<string, string>>,
) {
  return {
    name: config.name,
    ...(config.account_id !== undefined && { account_id: config.account_id }),
    compatibility_date: config.compatibility_date,
    // Secrets cannot be read from here, and a certificate without its key is of no use.
    vars: { ORIGIN: config.vars['ORIGIN'] },
    d1_databases: databasesOf(config).map(({ binding, database_name }) => ({
      binding,
      database_name,
      database_id: databaseIDs[binding],
      remote: true,
    })),
  }
}

function databasesOf({ d1_databases }: DeployedConfig) {
  return BINDINGS.flatMap((name) => d1_databases.find(({ binding }) => binding === name) ?? [])
}

export async function openRemote(): Promise<Transport> {
  process.env['WRANGLER_LOG'] ??= 'error'
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false'
  const { getPlatformProxy, unstable_readConfig } = await import('wrangler')
  const config = unstable_readConfig({ config: 'wrangler.toml' }) as DeployedConfig
  const { ORIGIN: origin } = config.vars
  if (typeof origin !== 'string' || !origin)
    throw new CommandError('wrangler.toml has no ORIGIN: set it to the origin of the deployment')
  const ids: Record<string, string> = {}
  for (const { binding, database_id, database_name } of databasesOf(config))
    // wrangler.toml may lack the id: deploying does not need it.
    ids[binding] =
      typeof database_id === 'string' ? database_id : await findDatabase(database_name ?? '')
  const folder = join('.wrangler', 'remote')
  const configPath = join(folder, 'wrangler.json')
  mkdirSync(folder, { recursive: true })
  writeFileSync(configPath, JSON.stringify(deriveRemoteConfig(config, ids), null, 2))
  try {
    const proxy = await getPlatformProxy<Env>({
      configPath,
      envFiles: [],
      persist: false,
      remoteBindings: true,
    })
    return openInProcess(proxy, origin)
  } catch (error) {
    throw unreachable(error)
  }
}

async function findDatabase(name: string): Promise<string> {
  const wrangler = join(
    dirname(createRequire(import.meta.url).resolve('wrangler')),
    '..',
    'bin',
    'wrangler.js',
  )
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [wrangler, 'd1', 'info', name, '--json'],
      { env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' } },
    )
    const { uuid } = JSON.parse(stdout) as { uuid?: string }
    if (uuid) return uuid
    throw new Error(`there is no database ${name}`)
  } catch (error) {
    throw unreachable(error)
  }
}

/** One line: wrangler's first message, and the usual remedy. */
function unreachable(error: unknown): CommandError {
  const { stderr = '', message } = error as { stderr?: string; message: string }
  const lines = `${stderr}\n${message}`.split('\n').map((line) => plain(line))
  const first = lines.find((line) => line !== '') ?? 'no reason given'
  // The reason follows what wrangler tried to do.
  const reason = cut(first.split('Error reloading remote server: ').at(-1)!, 200)
  return new CommandError(
    `the deployed database cannot be reached (${reason}): run \`npx wrangler login\`, ` +
      'or set CLOUDFLARE_API_TOKEN',
  )
}

function plain(line: string): string {
  return stripVTControlCharacters(line)
    .replace(/^[\s✘]*(?:\[ERROR\])?\s*/, '')
    .trim()
}
