// X.509 certificates as administrators paste them: PEM (also several), bare base64, DER. A certificate is a carrier of
// a pinned key; its dates and issuer are shown and decide nothing.
import 'reflect-metadata'
import { X509Certificate } from '@peculiar/x509'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import type { SignatureScheme } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'

export type PublicKeyKind =
  | { type: 'RSA'; bits: number; exponent: bigint }
  | { type: 'EC'; curve: string }
  | { type: 'other'; name: string }

export type Certificate = {
  /** DER in base64, without line breaks. */
  base64: string
  /** SHA-256 of the DER, lower-case hexadecimal. */
  fingerprint: string
  subject: string
  issuer: string
  /** Milliseconds since 1970. */
  notBefore: number
  notAfter: number
  key: PublicKeyKind
  /** SubjectPublicKeyInfo, DER. */
  spki: Uint8Array<ArrayBuffer>
}

const CLAUSE = 'RFC 5280 §4.1; RFC 7468 §5'
const MAX_BYTES = 64 * 1024
const MAX_CERTIFICATES = 20

// What was parsed once need not be parsed again: a certificate is a pure function of its text. Bounded.
const parsed = new Map<string, Promise<Result<Certificate, Refusal>>>()
const MEMO_SIZE = 256

/**
 * One certificate: PEM, bare base64 or DER. Refuses `certificate_malformed` and `certificate_private_key`.
 */
export function parseCertificate(
  input: string | Uint8Array,
): Promise<Result<Certificate, Refusal>> {
  const key = typeof input === 'string' ? input : encodeBase64(input)
  let result = parsed.get(key)
  if (!result) {
    if (parsed.size >= MEMO_SIZE) parsed.clear()
    result = readCertificate(input)
    parsed.set(key, result)
  }
  return result
}

/** All certificates of a text: any number of PEM blocks, or one bare base64 certificate. Same refusals, and at most 20. */
export async function parseCertificates(text: string): Promise<Result<Certificate[], Refusal>> {
  const blocks = text.match(/-----BEGIN [A-Z0-9 ]+-----[^-]*-----END [A-Z0-9 ]+-----/g) ?? [text]
  if (blocks.length > MAX_CERTIFICATES)
    return refuse(
      'certificate_malformed',
      CLAUSE,
      `at most ${MAX_CERTIFICATES}`,
      `${blocks.length}`,
    )
  const certificates: Certificate[] = []
  for (const block of blocks) {
    const certificate = await parseCertificate(block)
    if (!certificate.ok) return certificate
    certificates.push(certificate.value)
  }
  return ok(certificates)
}

async function readCertificate(input: string | Uint8Array): Promise<Result<Certificate, Refusal>> {
  if (typeof input === 'string' && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(input))
    return refuse('certificate_private_key', CLAUSE, 'a certificate', 'a private key')
  const der = typeof input === 'string' ? decodeArmour(input) : new Uint8Array(input)
  if (!der || der.length > MAX_BYTES)
    return refuse('certificate_malformed', CLAUSE, 'PEM, base64 or DER', 'something else')
  try {
    const certificate = new X509Certificate(der)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', der))
    return ok({
      base64: encodeBase64(der),
      fingerprint: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      subject: certificate.subject,
      issuer: certificate.issuer,
      notBefore: certificate.notBefore.getTime(),
      notAfter: certificate.notAfter.getTime(),
      key: keyKind(certificate.publicKey.algorithm),
      spki: new Uint8Array(certificate.publicKey.rawData),
    })
  } catch {
    return refuse(
      'certificate_malformed',
      CLAUSE,
      'an X.509 certificate',
      `${der.length} other bytes`,
    )
  }
}

function decodeArmour(text: string): Uint8Array<ArrayBuffer> | undefined {
  const pem = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]*)-----END/.exec(text)
  return decodeBase64(pem ? pem[1]! : text)
}

function keyKind(algorithm: Algorithm): PublicKeyKind {
  const details = algorithm as Partial<RsaHashedKeyAlgorithm & EcKeyAlgorithm>
  if (details.modulusLength && details.publicExponent) {
    let exponent = 0n
    for (const byte of details.publicExponent) exponent = (exponent << 8n) | BigInt(byte)
    return { type: 'RSA', bits: details.modulusLength, exponent }
  }
  if (details.namedCurve && ['P-256', 'P-384', 'P-521'].includes(details.namedCurve))
    return { type: 'EC', curve: details.namedCurve }
  return { type: 'other', name: details.namedCurve ?? algorithm.name }
}

/**
 * Whether a key may verify a signature: RSA of 2048 bits and an exponent of 65537 or more (FIPS 186-5 §5.1), or ECDSA on a
 * NIST curve. Refuses `signature_key_weak` and `signature_key_unsupported`. `rsa1024` is for judging old captures only.
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

const imported = new Map<string, Promise<CryptoKey>>()

/** The certificate's key for one signature algorithm; undefined where the key is of another kind. Rejects what WebCrypto rejects. */
export function importVerifyKey(
  certificate: Certificate,
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
