// The key of a certificate: its place in the DER, its strength, and its import into WebCrypto.
import type { SignatureScheme } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { DER, readDer } from './der.ts'

export type PublicKeyKind =
  | { type: 'RSA'; bits: number; exponent: bigint }
  | { type: 'EC'; curve: string }
  | { type: 'other'; name: string }

/** A key and its certificate. */
export type CertifiedKey = {
  /** The certificate: DER in base64, without line breaks. */
  base64: string
  /** SHA-256 of the certificate's DER, lower-case hexadecimal. */
  fingerprint: string
  key: PublicKeyKind
  /** SubjectPublicKeyInfo, DER. */
  spki: Uint8Array<ArrayBuffer>
}

/** Algorithm identifiers (RFC 3279 §2.3.1, RFC 5480 §2.1.1), content octets in hexadecimal. */
const RSA_ENCRYPTION = '2a864886f70d010101'
const EC_PUBLIC_KEY = '2a8648ce3d0201'
const CURVES: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

/**
 * The key in a certificate (RFC 5280 §4.1). Undefined where it is neither RSA nor on a NIST curve,
 * or the bytes are not a certificate. Nothing else of the certificate is checked.
 */
export function findPublicKey(
  certificate: Uint8Array<ArrayBuffer>,
): Pick<CertifiedKey, 'key' | 'spki'> | undefined {
  const [outer] = readAs(certificate, [DER.sequence]) ?? []
  const [tbs] = (outer && readAs(outer, [DER.sequence, DER.sequence, DER.bitString])) ?? []
  const fields = tbs && readDer(tbs)
  if (!fields) return undefined
  // The version may be left out: it is 1 then.
  const spki = fields[fields[0]?.tag === DER.context0 ? 6 : 5]
  if (spki?.tag !== DER.sequence) return undefined
  const [algorithm, bits] = readAs(spki.content, [DER.sequence, DER.bitString]) ?? []
  // A key fills whole octets: the first one, which counts unused bits, is zero.
  if (!algorithm || bits?.[0] !== 0) return undefined
  const key = readKind(algorithm, bits.subarray(1))
  return key && { key, spki: spki.bytes.slice() }
}

function readKind(
  algorithm: Uint8Array<ArrayBuffer>,
  subjectPublicKey: Uint8Array<ArrayBuffer>,
): PublicKeyKind | undefined {
  const [identifier, parameters] = readDer(algorithm) ?? []
  if (identifier?.tag !== DER.objectIdentifier) return undefined
  const name = hex(identifier.content)
  if (name === EC_PUBLIC_KEY) {
    const curve = parameters?.tag === DER.objectIdentifier && CURVES[hex(parameters.content)]
    return curve ? { type: 'EC', curve } : undefined
  }
  if (name !== RSA_ENCRYPTION) return undefined
  const [sequence] = readAs(subjectPublicKey, [DER.sequence]) ?? []
  const [modulus, exponent] = (sequence && readAs(sequence, [DER.integer, DER.integer])) ?? []
  if (!modulus?.length || !exponent?.length) return undefined
  const length = modulus[0] === 0 ? modulus.length - 1 : modulus.length
  return { type: 'RSA', bits: length * 8, exponent: BigInt(`0x${hex(exponent)}`) }
}

/** The contents of exactly these elements. Undefined where the bytes are others. */
function readAs(
  bytes: Uint8Array<ArrayBuffer>,
  tags: readonly number[],
): Uint8Array<ArrayBuffer>[] | undefined {
  const elements = readDer(bytes)
  if (elements?.length !== tags.length) return undefined
  return elements.every(({ tag }, index) => tag === tags[index])
    ? elements.map(({ content }) => content)
    : undefined
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Whether a key may verify a signature: RSA of 2048 bits and an exponent of 65537 or more (FIPS
 * 186-5 §5.1), or ECDSA on a NIST curve. Refuses `signature_key_weak` and
 * `signature_key_unsupported`. `rsa1024` is only for judging old captured messages.
 */
export function checkKeyStrength(
  key: PublicKeyKind,
  options: { rsa1024?: boolean } = {},
): Result<true, Refusal> {
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

const MEMO_SIZE = 256
const imported = new Map<string, Promise<CryptoKey>>()

/**
 * The certificate’s key for one signature algorithm. Undefined where the key is of another kind.
 * Rejects where WebCrypto does.
 */
export function importVerifyKey(
  certificate: CertifiedKey,
  algorithm: { scheme: SignatureScheme; hash: string },
): Promise<CryptoKey> | undefined {
  const { key } = certificate
  if (key.type === 'other' || (key.type === 'EC') !== (algorithm.scheme === 'ECDSA'))
    return undefined
  const memo = `${certificate.fingerprint} ${algorithm.scheme} ${algorithm.hash}`
  let result = imported.get(memo)
  if (!result) {
    if (imported.size >= MEMO_SIZE) imported.clear()
    const parameters =
      key.type === 'EC'
        ? { name: 'ECDSA', namedCurve: key.curve }
        : { name: algorithm.scheme, hash: algorithm.hash }
    result = crypto.subtle.importKey('spki', certificate.spki, parameters, false, ['verify'])
    imported.set(memo, result)
  }
  return result
}
