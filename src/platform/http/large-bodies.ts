// How many bytes of large bodies an isolate holds at once. It has 128 MB for all its requests.

import { MINUTE } from '../../durations.ts'

/** Smaller bodies do not count: the platform itself limits requests at once. */
const LARGE_BYTES = 1024 * 1024
/** Three of the largest uploads. `test/scale/uploads.ts` measures them. */
const MOST_BYTES = 64 * 1024 * 1024
/** A request that is broken off may never end. Its body counts no longer than this. */
const MOST_MILLISECONDS = 10 * MINUTE

const held = new Map<Request, { bytes: number; since: number }>()

/** False, and nothing held, where there is no room now. */
export function holdBody(request: Request, bytes: number, now = Date.now()): boolean {
  if (bytes <= LARGE_BYTES) return true
  let sum = bytes
  for (const [other, { bytes: size, since }] of held)
    if (since < now - MOST_MILLISECONDS) held.delete(other)
    else sum += size
  if (sum > MOST_BYTES) return false
  held.set(request, { bytes, since: now })
  return true
}

/** Once the request is answered. */
export function releaseBody(request: Request): void {
  held.delete(request)
}
