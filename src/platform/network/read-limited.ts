// Reads an untrusted body up to a limit. Bytes beyond it never reach memory.

/**
 * The whole body, or undefined where it is longer than `limit` bytes. Cancels the body then, and
 * where reading fails. `wait` may bound each read.
 */
export async function readLimited(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  wait: <T>(read: Promise<T>) => Promise<T> = (read) => read,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = body?.getReader()
  if (!reader) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  let whole = false
  try {
    while (size <= limit) {
      const { done, value } = await wait(reader.read())
      if (done) {
        whole = true
        break
      }
      size += value.length
      chunks.push(value)
    }
  } finally {
    if (!whole) reader.cancel().catch(() => undefined)
  }
  if (!whole) return undefined
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
