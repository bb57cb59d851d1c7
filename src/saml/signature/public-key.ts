// The key of a certificate: how it is kept, its strength, and its import into WebCrypto.
import { decodeBase64 } from '../../base64.ts'
import type { SignatureScheme } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type KeyCode } from '../refusal.ts'

export type PublicKeyKind =
  | { type: 'RSA'; bits: number; exponent: bigint }
  | { type: 'EC'; curve: string }
  | { type: 'other'; name: string }

/** A key and the certificate that it came in. */
export type CertifiedKey = {
  /** SHA-256 of the certificate's DER, lower-case hexadecimal. */
  fingerprint: string
  key: PublicKeyKind
  /** SubjectPublicKeyInfo: DER in base64. */
  spki: string
}

/** The kind as it is stored: `RSA 2048 65537`, `EC P-256`, or the name of another kind. */
export function formatKeyKind(key: PublicKeyKind): string {
  if (key.type === 'RSA') return `RSA ${key.bits} ${key.exponent}`
  return key.type === 'EC' ? `EC ${key.curve}` : key.name
}

export function parseKeyKind(text: string): PublicKeyKind {
  const [type, first, second] = text.split(' ')
  if (type === 'RSA' && first && second && /^[0-9]+ [0-9]+$/.test(`${first} ${second}`))
    return { type, bits: Number(first), exponent: BigInt(second) }
  return type === 'EC' && first ? { type, curve: first } : { type: 'other', name: text }
}

/**
 * Whether a key may verify a signature: RSA of 2048 bits and an exponent of 65537 or more (FIPS
 * 186-5 §5.1), or ECDSA on a NIST curve. Refuses `signature_key_weak` and
 * `signature_key_unsupported`. `rsa1024` is only for judging old captured messages.
 */
export function checkKeyStrength(
  key: PublicKeyKind,
  options: { rsa1024?: boolean } = {},
): Result<true, Refusal<KeyCode>> {
  const clause = 'FIPS 186-5 §5.1; NIST SP 800-131A'
  if (key.type === 'other')
    return refuse(
      'signature_key_unsupported',
      clause,
      'RSA, or EC on P-256, P-384, P-521',
      key.name,
    )
  if (key.type === 'RSA' && key.exponent < 65537n)
    return refuse(
      'signature_key_weak',
      clause,
      'a public exponent of 65537 or more',
      `${key.exponent}`,
    )
  if (key.type === 'RSA' && key.bits < 2048 && !(options.rsa1024 && key.bits >= 512))
    return refuse('signature_key_weak', clause, 'RSA of 2048 bits or more', `${key.bits} bits`)
  return ok(true)
}

/**
 * Imported keys of an isolate, enough for 2,000 connections with two certificates each. The one
 * that was used longest ago goes first.
 */
export const IMPORTED_KEYS = 4096
const imported = new Map<string, Promise<CryptoKey>>()

/**
 * The certificate’s key for one signature algorithm. Undefined where the key is of another kind.
 * Rejects where WebCrypto does.
 */
export function importVerifyKey(
  { key, spki }: Pick<CertifiedKey, 'key' | 'spki'>,
  algorithm: { scheme: SignatureScheme; hash: string },
): Promise<CryptoKey> | undefined {
  if (key.type === 'other' || (key.type === 'EC') !== (algorithm.scheme === 'ECDSA'))
    return undefined
  // By the key itself: no other name of it can stand for another key.
  const name = `${spki} ${formatKeyKind(key)} ${algorithm.scheme} ${algorithm.hash}`
  const known = imported.get(name)
  // A Map keeps the order of insertion: the first one is the one used longest ago.
  if (known) imported.delete(name)
  else if (imported.size >= IMPORTED_KEYS) imported.delete(imported.keys().next().value!)
  const result = known ?? importKey(key, spki, algorithm)
  imported.set(name, result)
  return result
}

async function importKey(
  key: PublicKeyKind,
  spki: string,
  algorithm: { scheme: SignatureScheme; hash: string },
): Promise<CryptoKey> {
  const parameters =
    key.type === 'EC'
      ? { name: 'ECDSA', namedCurve: key.curve }
      : { name: algorithm.scheme, hash: algorithm.hash }
  const bytes = decodeBase64(spki)
  if (!bytes) throw new TypeError('a stored key is not base64')
  return crypto.subtle.importKey('spki', bytes, parameters, false, ['verify'])
}
