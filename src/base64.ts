// Strict base64 for XML and SAML (RFC 4648 §4), and base64url for what we hand out (§5).

/**
 * Decodes base64 with optional XML white space (XML Schema base64Binary). Undefined for the empty
 * string, other characters, wrong padding, and unused bits that are not zero in the last character.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const compact = /[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text
  if (compact.length === 0 || compact.length % 4 !== 0) return undefined
  let binary: string
  try {
    binary = atob(compact)
  } catch {
    return undefined
  }
  // atob() also skips white space that XML does not allow. The length reveals it.
  const padding = compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0
  if (binary.length !== (compact.length / 4) * 3 - padding) return undefined
  const end = compact.length - 4
  if (padding > 0 && btoa(binary.slice((end / 4) * 3)) !== compact.slice(end)) return undefined
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let index = 0; index < bytes.length; index += 8192)
    binary += String.fromCharCode(...bytes.subarray(index, index + 8192))
  return btoa(binary)
}

export function encodeBase64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Without padding. Undefined for another alphabet, a wrong length and the empty string. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined
  const padding = '='.repeat((4 - (text.length % 4)) % 4)
  return decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/') + padding)
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) difference |= left[index]! ^ right[index]!
  return difference === 0
}
