// Reads one element of DER (X.690 §8.1). Pure.

/** Its tag, and where its content begins and ends. */
export function elementAt(der: Uint8Array, position: number) {
  const short = der[position + 1] ?? 0
  const bytes = short > 0x80 ? short - 0x80 : 0
  const content = position + 2 + bytes
  const length = bytes
    ? der.subarray(position + 2, content).reduce((sum, byte) => sum * 256 + byte, 0)
    : short
  return { tag: der[position], content, end: content + length }
}
