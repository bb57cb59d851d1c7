// The database of this machine, the one that `npm start` uses. Nothing here reaches a deployment.
import { userInfo } from 'node:os'
import { publicNetwork } from '../connections/fetch-public.ts'
import { openDatabase } from '../db/client.ts'
import { isLoopback, type Env } from '../env.ts'
import type { Request } from '../outcome.ts'

export type Local = {
  request: Request
  /** The origin in whose name connections are shown. */
  origin: string
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
      request: {
        db: openDatabase(proxy.env.DB),
        actor: { kind: 'operator', name: userInfo().username },
        now: Date.now(),
        network: publicNetwork(allowLocal),
      },
    })
  } finally {
    await proxy.dispose()
  }
}
