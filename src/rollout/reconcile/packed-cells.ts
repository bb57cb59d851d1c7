// The cells of one column, packed: all columns of a file together take no more memory than the
// file. Pure.

export type Cells = {
  /** As they stand there, in order. */
  texts: string[]
  /** Of each, its line in the file, from 1. */
  lines: number[]
}

export function packCells() {
  const pieces: { text: Uint8Array; lines: Uint32Array }[] = []
  let waiting: Cells = { texts: [], lines: [] }
  let count = 0
  return {
    add(text: string, line: number): void {
      // A line break ends a cell here.
      waiting.texts.push(text.replaceAll('\n', ' '))
      waiting.lines.push(line)
      count++
    },
    /** Ends a piece of the file: its cells hold on to nothing of it. */
    pack(): void {
      if (waiting.texts.length === 0) return
      const text = new TextEncoder().encode(waiting.texts.join('\n'))
      pieces.push({ text, lines: Uint32Array.from(waiting.lines) })
      waiting = { texts: [], lines: [] }
    },
    count: () => count,
    unpack(): Cells {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      return {
        texts: pieces.flatMap(({ text }) => decoder.decode(text).split('\n')),
        lines: pieces.flatMap(({ lines }) => [...lines]),
      }
    },
  }
}
