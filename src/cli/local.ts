// The database of this machine, the one that `npm start` uses. Nothing here reaches a deployment.
import { userInfo } from 'node:os'
import type { PublicFetchOptions } from '../connections/fetch-public.ts'
import { openDatabase } from '../db/client.ts'
import { isLoopback, type Env } from '../env.ts'
import type { Request } from '../outcome.ts'

const RESOLVER = 'https://cloudflare-dns.com/dns-query'

export type Local = {
  request: Request
  /** The origin in whose name connections are shown. */
  origin: string
  network: PublicFetchOptions
}

/** Runs a command against the local bindings, as the operator who is logged in here. */
export async function withLocal<T>(run: (local: Local) => Promise<T>): Promise<T> {
  // Standard output is the command's: wrangler speaks of errors only. It reads this when it is loaded.
  process.env['WRANGLER_LOG'] ??= 'error'
  const { getPlatformProxy } = await import('wrangler')
  const proxy = await getPlatformProxy<Env>({ remoteBindings: false })
  try {
    const origin = proxy.env.ORIGIN || 'http://localhost:8787'
    const allowLocal = isLoopback(new URL(origin).hostname)
    return await run({
      origin,
      network: { fetch, resolver: RESOLVER, allowLocal, timeoutSeconds: 5 },
      request: {
        db: openDatabase(proxy.env.DB),
        actor: { kind: 'operator', name: userInfo().username },
        now: Date.now(),
        allowHttp: allowLocal,
      },
    })
  } finally {
    await proxy.dispose()
  }
}
