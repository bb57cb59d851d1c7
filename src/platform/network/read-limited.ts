// Reads an untrusted body up to a limit, into one buffer. Bytes beyond it never reach memory.

const FIRST_BYTES = 16 * 1024

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
  const reader = body?.getReader()
  if (!reader) return new Uint8Array()
  let bytes: Uint8Array<ArrayBuffer> | undefined
  try {
    // Once, not for each chunk: a race leaves something behind until its slower side ends.
    bytes = await wait(readWhole(reader, limit, announced))
    return bytes
  } finally {
    if (!bytes) reader.cancel().catch(() => undefined)
  }
}

type ReadOptions = { announced?: number; wait?: <T>(work: Promise<T>) => Promise<T> }

/** A stranger who announces much and sends little gets no large buffer. */
function isBelievable(announced: number, arrived: number): boolean {
  return announced >= arrived && announced <= 16 * arrived
}

/** Keeps no chunk: one that holds a byte may cost thousands. The buffer doubles as it fills. */
async function readWhole(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  announced: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let buffer = new Uint8Array(Math.min(FIRST_BYTES, limit))
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return buffer.subarray(0, size)
    const after = size + value.length
    if (after > limit) return undefined
    if (after > buffer.length) {
      const length = isBelievable(announced, after) ? announced : 2 * buffer.length
      const larger = new Uint8Array(Math.min(limit, Math.max(after, length)))
      larger.set(buffer.subarray(0, size))
      buffer = larger
    }
    buffer.set(value, size)
    size = after
  }
}
