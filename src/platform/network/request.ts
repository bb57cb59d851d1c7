// One request with a time and a size, and the reason why it failed. It checks no address:
// fetch-public.ts does.
import { cut } from '../../cut.ts'
import type { FetchFailure, PublicFetchOptions } from './fetch-public.ts'
import { readLimited } from './read-limited.ts'

/** Rejects when the time is over, even if the work ignores the signal. */
export type Time = { signal: AbortSignal; limit: <T>(work: Promise<T>) => Promise<T> }

export async function inTime<T>(
  seconds: number,
  work: (time: Time) => Promise<T | FetchFailure>,
): Promise<T | FetchFailure> {
  const signal = AbortSignal.timeout(Math.ceil(seconds * 1000))
  const over = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  // Usually the work has ended before the time is over.
  over.catch(() => undefined)
  try {
    return await work({ signal, limit: (promise) => Promise.race([promise, over]) })
  } catch (error) {
    return signal.aborted
      ? {
          ...fail('endpoint_unreachable', `there is no whole answer within ${seconds} seconds`),
          isLate: true,
        }
      : fail('endpoint_unreachable', messageOf(error))
  }
}

export async function send(
  url: URL,
  headers: Record<string, string>,
  // Called by itself: as a method of something else, the platform's fetch() refuses.
  { fetch }: PublicFetchOptions,
  time: Time,
  init: RequestInit = {},
): Promise<Response> {
  try {
    const request = fetch(url.href, { ...init, redirect: 'manual', signal: time.signal, headers })
    return await time.limit(request)
  } catch (error) {
    // The platform names neither host nor cause.
    throw new Error(`${url.host} cannot be reached: ${messageOf(error)}`, { cause: error })
  }
}

/** Rejects, and stops the transfer, when there is more than `maximumBytes` or the time is over. */
export async function readBody(
  response: Response,
  maximumBytes: number,
  time: Time,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = await readLimited(response.body, maximumBytes, { wait: time.limit })
  if (!body) throw new Error(`the answer is larger than ${maximumBytes} bytes`)
  return body
}

/** Frees the connection: a Worker has six. */
export function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined)
}

export function fail(code: FetchFailure['code'], reason: string): FetchFailure {
  return { ok: false, code, reason }
}

function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error))
}
