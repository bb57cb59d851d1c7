// Streams text line by line. A line is made only when the reader asks for it.

export function streamLines(
  type: string,
  lines: AsyncIterable<string>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const iterator = lines[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
  return new Response(body, { headers: { ...headers, 'content-type': `${type}; charset=utf-8` } })
}
