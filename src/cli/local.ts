// The database of this machine, the one that `npm start` uses. Nothing here reaches a deployment.
import type { Env } from '../env.ts'
import { openInProcess } from './in-process.ts'
import type { Transport } from './transport.ts'

export async function openLocal(): Promise<Transport> {
  // Standard output is the command's: wrangler speaks of errors only. It reads this when it is
  // loaded.
  process.env['WRANGLER_LOG'] ??= 'error'
  // Nor does a command need to know where on earth this machine is, which would be asked of the
  // network.
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false'
  const { getPlatformProxy } = await import('wrangler')
  const proxy = await getPlatformProxy<Env>({ remoteBindings: false })
  return openInProcess(proxy, proxy.env.ORIGIN || 'http://localhost:8787')
}
