// What the demo IdP remembers for a short while, in memory: values under handles that nobody can
// guess. Bounded in number and age, so that nobody can fill the process.
import { randomBytes } from 'node:crypto'

export function createMemory<T>(limit: number, seconds: number, now: () => number = Date.now) {
  // A Map keeps the order of insertion: the first entry is the oldest.
  const entries = new Map<string, { value: T; expiresAt: number }>()

  return {
    /** Returns the handle of the value. The oldest value goes when there are too many. */
    add(value: T): string {
      const oldest = entries.keys().next()
      if (entries.size >= limit && !oldest.done) entries.delete(oldest.value)
      const handle = randomBytes(16).toString('base64url')
      entries.set(handle, { value, expiresAt: now() + seconds * 1000 })
      return handle
    },

    find(handle: string): T | undefined {
      const entry = entries.get(handle)
      return entry && entry.expiresAt > now() ? entry.value : undefined
    },

    remove(handle: string): void {
      entries.delete(handle)
    },
  }
}
