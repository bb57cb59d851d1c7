// The one client of KV: each call within a time, and again after a fault. Writing a value again
// does no harm. KV may still be late: what was written need not be there at the next read.
import { carryOut } from '../storage/carry-out.ts'

export type KeyValueStore = {
  /** Null: KV does not have the key, or not yet. Throws a StorageError. */
  get(key: string): Promise<unknown>
  /** `seconds`: how long KV keeps the value, at least 60. Throws a StorageError. */
  put(key: string, value: unknown, seconds: number): Promise<void>
}

const stores = new WeakMap<KVNamespace, KeyValueStore>()

/** One and the same for a binding. */
export function openKeyValueStore(binding: KVNamespace): KeyValueStore {
  let store = stores.get(binding)
  if (!store) stores.set(binding, (store = createStore(binding)))
  return store
}

function createStore(binding: KVNamespace): KeyValueStore {
  const call = { store: 'KV', isRepeatable: true }
  return {
    get: (key) => carryOut(async () => binding.get(key, 'json'), call),
    put: (key, value, seconds) => {
      const text = JSON.stringify(value)
      return carryOut(async () => binding.put(key, text, { expirationTtl: seconds }), call)
    },
  }
}
