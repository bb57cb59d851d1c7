// Reads DER (X.690 §10) one level at a time, as far as the key of a certificate needs.

export type DerElement = {
  /**
   * The identifier octet: class, form and number (X.690 §8.1.2). Longer identifiers are refused.
   */
  tag: number
  /** The content octets. */
  content: Uint8Array<ArrayBuffer>
  /** Identifier, length and content. */
  bytes: Uint8Array<ArrayBuffer>
}

export const DER = {
  integer: 0x02,
  bitString: 0x03,
  objectIdentifier: 0x06,
  sequence: 0x30,
  /** `[0]`, constructed. */
  context0: 0xa0,
} as const

/** All elements of `bytes` in order. Undefined where the bytes contain anything else. */
export function readDer(bytes: Uint8Array<ArrayBuffer>): DerElement[] | undefined {
  const elements: DerElement[] = []
  for (let start = 0; start < bytes.length;) {
    const tag = bytes[start]!
    const length = readLength(bytes, start + 1)
    if ((tag & 0x1f) === 0x1f || !length) return undefined
    const end = length.next + length.value
    if (end > bytes.length) return undefined
    const content = bytes.subarray(length.next, end)
    elements.push({ tag, content, bytes: bytes.subarray(start, end) })
    start = end
  }
  return elements
}

/** A definite length in as few octets as it needs (X.690 §10.1), below 16 MiB. */
function readLength(bytes: Uint8Array, start: number): { value: number; next: number } | undefined {
  const first = bytes[start]
  if (first === undefined) return undefined
  if (first < 0x80) return { value: first, next: start + 1 }
  const count = first & 0x7f
  const next = start + 1 + count
  if (count === 0 || count > 3 || next > bytes.length) return undefined
  const value = bytes.subarray(start + 1, next).reduce((sum, byte) => sum * 256 + byte, 0)
  const needed = value < 0x80 ? 0 : value < 0x100 ? 1 : value < 0x1_0000 ? 2 : 3
  return count === needed ? { value, next } : undefined
}
