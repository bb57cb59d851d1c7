// The database of this machine, the one that `npm start` uses. Nothing here reaches a deployment.
import type { Env } from '../env.ts'
import { openInProcess } from './in-process.ts'
import type { Transport } from './transport.ts'

export async function openLocal(): Promise<Transport> {
  // Wrangler must not print to the command's standard output. It reads this when it is loaded.
  process.env['WRANGLER_LOG'] ??= 'error'
  // Otherwise wrangler asks the network for the location of this machine.
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false'
  const { getPlatformProxy } = await import('wrangler')
  const proxy = await getPlatformProxy<Env>({ remoteBindings: false })
  return openInProcess(proxy, proxy.env.ORIGIN || 'http://localhost:8787')
}
