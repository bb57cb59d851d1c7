// The encoding of a text file by its first bytes. Pure.

/**
 * A byte order mark decides, then the pattern of the first bytes (XML 1.0, appendix F): text in
 * Latin letters has a zero byte in each second place in UTF-16. Undefined: neither says anything.
 */
export function encodingByBytes(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const [first, second, third] = head
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (second === 0 && first !== 0) return 'utf-16le'
  if (first === 0 && second !== undefined && second !== 0) return 'utf-16be'
  return undefined
}
