// Decodes a file of text that arrives in pieces: UTF-8, UTF-16 or windows-1252. Each byte is looked
// at once. Pure.
import { encodingByBytes } from '../../encoding.ts'

/** Takes the next piece. Undefined: bytes that the encoding of the file does not have. */
export type TextReader = (bytes: Uint8Array, isLast: boolean) => string | undefined

/** As many bytes say whether it is UTF-16. */
const MARK_BYTES = 4
/** Of a character in UTF-8. */
const MOST_BYTES = 4

/**
 * Without a byte order mark, the first character outside ASCII decides between UTF-8 and
 * windows-1252, in which Excel saves CSV in western Europe.
 */
export function createTextReader(): TextReader {
  let decoder: TextDecoder | undefined
  let held: Uint8Array = new Uint8Array()
  let isBegun = false
  const open = (encoding: string) => {
    decoder = new TextDecoder(encoding, { fatal: true })
    return decoder
  }
  return (piece, isLast) => {
    if (decoder) return decode(decoder, piece, isLast)
    const bytes = joined(held, piece)
    held = new Uint8Array()
    if (!isBegun) {
      if (bytes.length < MARK_BYTES && !isLast) {
        held = bytes.slice()
        return ''
      }
      isBegun = true
      const encoding = encodingByBytes(bytes)
      if (encoding) return decode(open(encoding), bytes, isLast)
    }
    const found = bytes.findIndex((byte) => byte > 0x7f)
    const at = found === -1 ? bytes.length : found
    const plain = new TextDecoder().decode(bytes.subarray(0, at))
    const rest = bytes.subarray(at)
    if (rest.length === 0) return plain
    const first = firstCharacter(rest)
    // Half of it waits for the other.
    if (first === 'cut' && !isLast) {
      held = rest.slice()
      return plain
    }
    const text = decode(open(first === 'utf-8' ? 'utf-8' : 'windows-1252'), rest, isLast)
    return text === undefined ? undefined : plain + text
  }
}

function firstCharacter(bytes: Uint8Array): 'utf-8' | 'cut' | 'other' {
  for (let length = 2; length <= MOST_BYTES && length <= bytes.length; length++)
    if (decode(new TextDecoder('utf-8', { fatal: true }), bytes.subarray(0, length), true))
      return 'utf-8'
  const begin = new TextDecoder('utf-8', { fatal: true })
  return decode(begin, bytes.subarray(0, MOST_BYTES), false) === '' ? 'cut' : 'other'
}

function decode(decoder: TextDecoder, bytes: Uint8Array, isLast: boolean): string | undefined {
  try {
    return decoder.decode(bytes, { stream: !isLast })
  } catch {
    return undefined
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length === 0) return right
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}
