// A progress bar on standard error, if it is a terminal.

export type ProgressBar = {
  /** `done` of `total`. */
  show: (done: number, total: number) => void
  /** Removes the bar. */
  end: () => void
}

const WIDTH = 30

export function openProgress(
  label: string,
  stream: NodeJS.WriteStream = process.stderr,
): ProgressBar {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined }
  return {
    show(done, total) {
      const percent = Math.floor((total === 0 ? 1 : done / total) * 100)
      stream.write(`\r\u001B[K${label} ${renderBar(done, total)} ${percent} %`)
    },
    end: () => void stream.write('\r\u001B[K'),
  }
}

/** A bar that is `done` of `total` full. */
export function renderBar(done: number, total: number): string {
  const full = Math.round((total === 0 ? 1 : done / total) * WIDTH)
  return '█'.repeat(full) + '░'.repeat(WIDTH - full)
}

const CHUNK = 64 * 1024

/** Bytes as a body that shows its progress. */
export function watched(bytes: Uint8Array<ArrayBuffer>, progress: ProgressBar): ReadableStream {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      progress.show(sent, bytes.length)
      if (sent >= bytes.length) {
        progress.end()
        return controller.close()
      }
      controller.enqueue(bytes.subarray(sent, sent + CHUNK))
      sent = Math.min(sent + CHUNK, bytes.length)
    },
  })
}
