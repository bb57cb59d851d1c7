// Reads an untrusted body up to a limit, into one buffer or piece by piece. Bytes beyond it never
// reach memory.

const FIRST_BYTES = 16 * 1024
const PIECE_BYTES = 64 * 1024

/**
 * The whole body, or undefined where it is longer than `limit` bytes. Cancels the body then, and
 * where reading fails. `announced`: the length that the sender states. `wait` may bound the time of
 * the whole.
 */
export async function readLimited(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  { announced = 0, wait = (work) => work }: ReadOptions = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const buffer = openBuffer(limit, announced)
  return (await takeAll(body, limit, buffer.add, wait)) ? buffer.bytes() : undefined
}

/**
 * Gives the body to `take` in pieces of 64 KiB, however small its chunks are. A piece is good until
 * `take` ends. False where the body is longer than `limit` bytes: it has not been given whole then.
 * Cancels the body then, and where reading or `take` fails.
 */
export async function readPieces(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  take: (piece: Uint8Array<ArrayBuffer>) => Promise<void>,
  { wait = (work) => work }: Pick<ReadOptions, 'wait'> = {},
): Promise<boolean> {
  const piece = new Uint8Array(PIECE_BYTES)
  let size = 0
  const add = async (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + PIECE_BYTES - size)
      piece.set(part, size)
      at += part.length
      size += part.length
      if (size < PIECE_BYTES) continue
      await take(piece)
      size = 0
    }
  }
  if (!(await takeAll(body, limit, add, wait))) return false
  if (size > 0) await take(piece.subarray(0, size))
  return true
}

/** The first bytes of the body, at most `limit`. Cancels the rest. */
export async function readStart(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  { wait = (work) => work }: Pick<ReadOptions, 'wait'> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = openBuffer(limit, 0)
  let size = 0
  const add = (chunk: Uint8Array) => {
    buffer.add(chunk.subarray(0, limit - size))
    size += Math.min(chunk.length, limit - size)
    if (size === limit) throw new StartRead()
  }
  try {
    await takeAll(body, Number.POSITIVE_INFINITY, add, wait)
  } catch (error) {
    if (!(error instanceof StartRead)) throw error
  }
  return buffer.bytes()
}

/** Ends the reading of a start; it never leaves this file. */
class StartRead extends Error {}

async function takeAll(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  take: (chunk: Uint8Array) => Promise<void> | void,
  wait: NonNullable<ReadOptions['wait']>,
): Promise<boolean> {
  const reader = body?.getReader()
  if (!reader) return true
  let isWhole = false
  try {
    // Once, not for each chunk: a race leaves something behind until its slower side ends.
    isWhole = await wait(readAll(reader, limit, take))
    return isWhole
  } finally {
    if (!isWhole) reader.cancel().catch(() => undefined)
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  take: (chunk: Uint8Array) => Promise<void> | void,
): Promise<boolean> {
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return true
    size += value.length
    if (size > limit) return false
    const taken = take(value)
    if (taken) await taken
  }
}

type ReadOptions = { announced?: number; wait?: <T>(work: Promise<T>) => Promise<T> }

/** A stranger who announces much and sends little gets no large buffer. */
function isBelievable(announced: number, arrived: number): boolean {
  return announced >= arrived && announced <= 16 * arrived
}

/** Keeps no chunk: one that holds a byte may cost thousands. The buffer doubles as it fills. */
function openBuffer(limit: number, announced: number) {
  let buffer = new Uint8Array(Math.min(FIRST_BYTES, limit))
  let size = 0
  return {
    add(value: Uint8Array): void {
      const after = size + value.length
      if (after > buffer.length) {
        const length = isBelievable(announced, after) ? announced : 2 * buffer.length
        const larger = new Uint8Array(Math.min(limit, Math.max(after, length)))
        larger.set(buffer.subarray(0, size))
        buffer = larger
      }
      buffer.set(value, size)
      size = after
    },
    bytes: () => buffer.subarray(0, size),
  }
}
