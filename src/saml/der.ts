// DER (X.690 §8, §10), as much as certificates need: tags below 31, definite lengths. Throws a SyntaxError for anything else.

export type Der = {
  tag: number
  content: Uint8Array<ArrayBuffer>
  /** Tag, length and content. */
  whole: Uint8Array<ArrayBuffer>
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** The first value of these bytes. What is behind it is not looked at. */
export function readDer(bytes: Uint8Array<ArrayBuffer>): Der {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed()
  let length = first
  let start = 2
  if (first & 0x80) {
    // 0x80 alone would be a length that is not known yet, which DER does not have; four bytes are more than any input of ours.
    const count = first & 0x7f
    if (count === 0 || count > 3 || bytes.length < 2 + count) throw malformed()
    start += count
    length = bytes.subarray(2, start).reduce((sum, byte) => sum * 256 + byte, 0)
  }
  if (bytes.length < start + length) throw malformed()
  return {
    tag,
    content: bytes.subarray(start, start + length),
    whole: bytes.subarray(0, start + length),
  }
}

/** The values inside one that has this tag. */
export function childrenOf(value: Der | undefined, tag: number): Der[] {
  const children: Der[] = []
  for (let rest = contentOf(value, tag); rest.length > 0;) {
    const child = readDer(rest)
    children.push(child)
    rest = rest.subarray(child.whole.length)
  }
  return children
}

export function contentOf(value: Der | undefined, tag: number): Uint8Array<ArrayBuffer> {
  if (value?.tag !== tag) throw malformed()
  return value.content
}

/** The bytes of a bit string of whole bytes. */
export function bytesOfBitString(value: Der | undefined): Uint8Array<ArrayBuffer> {
  const content = contentOf(value, TAG.bitString)
  if (content[0] !== 0) throw malformed()
  return content.subarray(1)
}

/** An arc may be as long as one likes, and costs its square. */
const MAX_OBJECT_IDENTIFIER = 64

/** `2.5.4.3` */
export function readObjectIdentifier(value: Der | undefined): string {
  const content = contentOf(value, TAG.objectIdentifier)
  if (content.length > MAX_OBJECT_IDENTIFIER || content.at(-1)! & 0x80) throw malformed()
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of content) {
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if (byte & 0x80) continue
    arcs.push(arc)
    arc = 0n
  }
  // The first two arcs share a number (X.690 §8.19.4).
  const [both, ...others] = arcs
  if (both === undefined) throw malformed()
  const root = both < 40n ? 0n : both < 80n ? 1n : 2n
  return [root, both - root * 40n, ...others].join('.')
}

export function writeDer(tag: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = [tag]
  if (length < 0x80) head.push(length)
  else if (length < 0x100) head.push(0x81, length)
  else if (length < 0x10000) head.push(0x82, length >> 8, length & 0xff)
  else throw new TypeError('longer than anything of ours')
  const bytes = new Uint8Array(head.length + length)
  bytes.set(head)
  let at = head.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export function malformed(): SyntaxError {
  return new SyntaxError('not what X.509 asks for here')
}
