// Reads the body of a request, within a size and a time. A body that is broken off or stalls is the
// client's error.
import { ok, type Result } from '../../result.ts'
import { readLimited } from '../network/read-limited.ts'
import { holdBody } from './large-bodies.ts'

export type BodyCode = 'body_too_large' | 'body_incomplete' | 'uploads_at_once'

/** The slowest line that we wait for, beside half a minute. */
const BYTES_PER_SECOND = 100 * 1024
const SECONDS = 30

/**
 * Refuses `body_too_large`, `body_incomplete`, and `uploads_at_once` where the isolate holds too
 * much already; reads no byte beyond the limit.
 */
export async function readRequestBody(
  request: Request,
  limit: number,
  seconds = SECONDS + limit / BYTES_PER_SECOND,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyCode>> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limit) return { ok: false, error: 'body_too_large' }
  if (!holdBody(request, announced || limit)) return { ok: false, error: 'uploads_at_once' }
  try {
    const body = await readLimited(request.body, limit, {
      announced,
      wait: (work) => within(seconds, work),
    })
    return body ? ok(body) : { ok: false, error: 'body_too_large' }
  } catch {
    // The platform's error says no more than that the body does not go on.
    return { ok: false, error: 'body_incomplete' }
  }
}

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the time is over')), seconds * 1000)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
