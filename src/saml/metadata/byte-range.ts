// Ranges of bytes in a UTF-8 text: compares and reads them without decoding the whole.

/** Half-open, in bytes. */
export type Range = { start: number; end: number }

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true })
const CHUNK = 64 * 1024

export function encode(text: string): Uint8Array {
  return ENCODER.encode(text)
}

/** In chunks, so that the text of the whole never stands in memory. */
export function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for (let at = 0; at < bytes.length; at += CHUNK)
      decoder.decode(bytes.subarray(at, at + CHUNK), { stream: true })
    decoder.decode()
    return true
  } catch {
    return false
  }
}

/** XML 1.0 §2.3 S. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

export function startsWith(
  bytes: Uint8Array,
  { start, end }: Range,
  expected: Uint8Array,
): boolean {
  if (end - start < expected.length) return false
  for (let index = 0; index < expected.length; index++)
    if (bytes[start + index] !== expected[index]) return false
  return true
}

export function equals(bytes: Uint8Array, range: Range, expected: Uint8Array): boolean {
  return range.end - range.start === expected.length && startsWith(bytes, range, expected)
}

export function textOf(bytes: Uint8Array, { start, end }: Range): string {
  return DECODER.decode(bytes.subarray(start, end))
}
