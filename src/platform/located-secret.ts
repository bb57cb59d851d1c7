// Secrets that say which row they open: the digits of its SID, then 256 random bits. The row is
// found by its key and the hash is compared in the statement, so no index over hashes is needed.
import type { SidKind } from '../ids.ts'
import { createSecret, hashSecret } from './secret.ts'

/** The row that a secret opens, and the hash that the row must have. */
export type LocatedHash = { sid: string; hash: string }

/** Hexadecimal digits of a SID, without its two letters. */
const DIGITS = 32

/** A new secret of the row, and its hash. */
export async function createLocatedSecret(sid: string): Promise<{ text: string; hash: string }> {
  const secret = createSecret()
  return { text: `${sid.slice(2)}${secret}`, hash: await hashSecret(secret) }
}

export function isLocatedSecret(text: string): boolean {
  return /^[0-9a-f]{32}[A-Za-z0-9_-]{43}$/.test(text)
}

/** Undefined: the text is no such secret. */
export async function readLocatedSecret(
  kind: SidKind,
  text: string,
): Promise<LocatedHash | undefined> {
  if (!isLocatedSecret(text)) return undefined
  return { sid: `${kind}${text.slice(0, DIGITS)}`, hash: await hashSecret(text.slice(DIGITS)) }
}
