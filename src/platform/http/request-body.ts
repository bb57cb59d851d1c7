// Reads the body of a request, within a size and a time. A body that is broken off or stalls is the
// client's error.
import { ok, type Result } from '../../result.ts'
import { readLimited, readPieces } from '../network/read-limited.ts'
import { holdBody } from './large-bodies.ts'

export type BodyCode = 'body_too_large' | 'body_incomplete' | 'uploads_at_once'

/** The slowest line that we wait for, beside half a minute. */
const BYTES_PER_SECOND = 100 * 1024
const SECONDS = 30

/**
 * Refuses `body_too_large`, `body_incomplete`, and `uploads_at_once` where the isolate holds too
 * much already; reads no byte beyond the limit.
 */
export function readRequestBody(
  request: Request,
  limit: number,
  seconds = secondsFor(limit),
): Promise<Result<Uint8Array<ArrayBuffer>, BodyCode>> {
  return readWithin(request, limit, (announced) =>
    readLimited(request.body, limit, { announced, wait: (work) => within(seconds, work) }),
  )
}

/**
 * Gives the body to `take` piece by piece. Refuses as `readRequestBody`: what is made of the pieces
 * may be as large as they are.
 */
export function readRequestPieces(
  request: Request,
  limit: number,
  take: (piece: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<Result<true, BodyCode>> {
  const wait = <T>(work: Promise<T>) => within(secondsFor(limit), work)
  return readWithin(request, limit, async () =>
    (await readPieces(request.body, limit, take, { wait })) ? true : undefined,
  )
}

/** As much as Cloudflare takes of a request on most plans. */
const MOST_DISCARDED = 100 * 1024 * 1024

/**
 * Reads the rest of a body that was refused for its length, and keeps nothing. A browser that is
 * answered while it still sends may show that the connection was lost, and not the answer.
 */
export async function discardBody(request: Request): Promise<void> {
  const { body } = request
  if (!body || body.locked || request.bodyUsed) return
  const wait = <T>(work: Promise<T>) => within(secondsFor(MOST_DISCARDED), work)
  await readPieces(body, MOST_DISCARDED, async () => {}, { wait }).catch(() => false)
}

const secondsFor = (limit: number) => SECONDS + limit / BYTES_PER_SECOND

/** `read` gives undefined where the body is too large. */
async function readWithin<T>(
  request: Request,
  limit: number,
  read: (announced: number) => Promise<T | undefined>,
): Promise<Result<T, BodyCode>> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limit) return { ok: false, error: 'body_too_large' }
  if (!holdBody(request, announced || limit)) return { ok: false, error: 'uploads_at_once' }
  try {
    const body = await read(announced)
    return body === undefined ? { ok: false, error: 'body_too_large' } : ok(body)
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
