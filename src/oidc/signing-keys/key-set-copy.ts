// A copy of the JWKS in KV. Clients read it while D1 is down, so that they can verify tokens.
import { ConfigError, type KeySecrets } from '../../env.ts'
import type { Database } from '../../platform/db/client.ts'
import type { KeyValueStore } from '../../platform/kv/kv.ts'
import { writeLine } from '../../platform/log/write-line.ts'
import { findKeySet, readKeySet, type KeySet } from './signing-keys.ts'
import { HOUR } from '../../durations.ts'

/**
 * How long a key set is served after it was read from D1, by the copy and by caches in between. A
 * key that is deleted after the copy was made and before D1 came back is served no longer.
 */
export const COPY_SECONDS = 6 * 3600
/** How often the copy is made again. */
const REFRESH_MILLISECONDS = HOUR
/** No handle of RelayState has this shape. */
const COPY = 'oidc:jwks'

/** What this isolate last copied: a copy of the same keys is made again only after an hour. */
const copied = new WeakMap<KeyValueStore, { text: string; at: number }>()

type ServedKeySet = {
  keySet: KeySet
  /** How long a cache may serve it if we fail, from now on. */
  secondsLeft: number
  /** True where the copy must be made again. */
  isDue: boolean
}

/** The JWKS of D1, or its copy. Rejects with the error of D1 if there is no copy either. */
export async function serveKeySet(
  db: Database,
  kv: KeyValueStore,
  secrets: KeySecrets,
  now: number,
): Promise<ServedKeySet> {
  try {
    const keySet = await readKeySet(db, secrets, now)
    const last = copied.get(kv)
    const isDue = last?.text !== JSON.stringify(keySet) || !(now - last.at < REFRESH_MILLISECONDS)
    return { keySet, secondsLeft: COPY_SECONDS, isDue }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const copy = await findCopy(kv, now)
    if (!copy) throw error
    writeLine('key_set_from_copy', { secondsLeft: copy.secondsLeft })
    return copy
  }
}

/** Copies the JWKS of D1 to KV, where it replaces the earlier one. Does nothing without a key. */
export async function copyKeySet(db: Database, kv: KeyValueStore, now: number): Promise<void> {
  const keySet = await findKeySet(db)
  if (!keySet) return
  await kv.put(COPY, { ...keySet, readAt: now }, COPY_SECONDS)
  copied.set(kv, { text: JSON.stringify(keySet), at: now })
}

async function findCopy(kv: KeyValueStore, now: number): Promise<ServedKeySet | undefined> {
  try {
    const copy = (await kv.get(COPY)) as (KeySet & { readAt: number }) | null
    if (!copy) return undefined
    // KV deletes it late, and caches it at the edge.
    const secondsLeft = COPY_SECONDS - Math.ceil((now - copy.readAt) / 1000)
    return secondsLeft > 0 ? { keySet: { keys: copy.keys }, secondsLeft, isDue: false } : undefined
  } catch {
    return undefined
  }
}
