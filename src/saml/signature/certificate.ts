// Parses X.509 certificates as administrators paste them: PEM (also several), bare base64, DER. A
// certificate only carries a pinned key: its dates and issuer are shown and decide nothing. Logins
// take the key as it was stored then.
import { encodeBase64 } from '../../base64.ts'
import { textKind } from '../../given-instead.ts'
import { certificatesIn } from './certificate-text.ts'
import { validityOf } from './validity.ts'
import { formatKeyKind, parseKeyKind, type CertifiedKey, type PublicKeyKind } from './public-key.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type CertificateCode } from '../refusal.ts'

export type Certificate = CertifiedKey & {
  /** DER in base64, without line breaks. */
  base64: string
  subject: string
  issuer: string
  /** Milliseconds since 1970. */
  notBefore: number
  notAfter: number
}

const CLAUSE = 'RFC 5280 §4.1; RFC 7468 §5'
const MAX_BYTES = 64 * 1024
const MAX_CERTIFICATES = 20

/** What is stored of a certificate for logins, so that none of them parses it. */
export type StoredKey = {
  fingerprint: string
  /** In words. */
  subject: string
  /** As `formatKeyKind` writes it. */
  algorithm: string
  /** SubjectPublicKeyInfo: DER in base64. */
  spki: string
}

/** A key of a connection, and the certificate that names its owner. */
export type TrustedKey = CertifiedKey & { subject: string }

// A memo with an upper limit: the result depends on the text alone.
const parsed = new Map<string, Promise<Result<Certificate, Refusal<CertificateCode>>>>()
const MEMO_SIZE = 256

/**
 * One certificate: PEM, bare base64 or DER. Refuses `certificate_malformed` and
 * `certificate_private_key`.
 */
export function parseCertificate(
  input: string | Uint8Array,
): Promise<Result<Certificate, Refusal<CertificateCode>>> {
  const key = typeof input === 'string' ? input : encodeBase64(input)
  let result = parsed.get(key)
  if (!result) {
    if (parsed.size >= MEMO_SIZE) parsed.clear()
    result = readCertificate(input)
    parsed.set(key, result)
  }
  return result
}

export function storeKey({ fingerprint, subject, key, spki }: Certificate): StoredKey {
  return { fingerprint, subject, algorithm: formatKeyKind(key), spki }
}

/** The key as `storeKey` made it. */
export function trustedKey({ fingerprint, subject, algorithm, spki }: StoredKey): TrustedKey {
  return { fingerprint, subject, key: parseKeyKind(algorithm), spki }
}

/** SHA-256 of a certificate's DER, lower-case hexadecimal. */
export async function fingerprintOf(der: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', der))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * All certificates of a text: any number of PEM blocks, or bare base64. Same refusals, and at most
 * 20.
 */
export async function parseCertificates(
  text: string,
): Promise<Result<Certificate[], Refusal<CertificateCode>>> {
  if (holdsPrivateKey(text)) return privateKey()
  const found = certificatesIn(text)
  if (found.length > MAX_CERTIFICATES)
    return refuse('certificate_malformed', CLAUSE, `at most ${MAX_CERTIFICATES}`, `${found.length}`)
  if (found.length === 0) return noCertificate(text)
  const certificates: Certificate[] = []
  for (const der of found) {
    const certificate = await parseCertificate(der)
    if (!certificate.ok)
      return textKind(text) === 'a certificate' ? certificate : noCertificate(text)
    certificates.push(certificate.value)
  }
  return ok(certificates)
}

function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/.test(text)
}

function privateKey() {
  return refuse('certificate_private_key', CLAUSE, 'a certificate', 'a private key')
}

function noCertificate(text: string) {
  const given = textKind(text)
  return refuse(
    'certificate_malformed',
    CLAUSE,
    'a certificate as PEM, base64 or DER',
    given ?? 'another format',
    given ? { given } : {},
  )
}

async function readCertificate(
  input: string | Uint8Array,
): Promise<Result<Certificate, Refusal<CertificateCode>>> {
  if (typeof input === 'string' && holdsPrivateKey(input)) return privateKey()
  const der = typeof input === 'string' ? certificatesIn(input)[0] : new Uint8Array(input)
  if (!der || der.length > MAX_BYTES) return noCertificate(typeof input === 'string' ? input : '')
  const { X509Certificate } = await import('./x509.ts')
  const validity = validityOf(der)
  try {
    if (!validity) throw new TypeError('no dates')
    const certificate = new X509Certificate(der)
    return ok({
      base64: encodeBase64(der),
      fingerprint: await fingerprintOf(der),
      subject: certificate.subject,
      issuer: certificate.issuer,
      ...validity,
      key: keyKind(certificate.publicKey.algorithm),
      spki: encodeBase64(new Uint8Array(certificate.publicKey.rawData)),
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

/** Key algorithms that verify no login, by OID (RFC 3279 §2.3.2, RFC 8410 §3). */
const OTHER_KEYS: Readonly<Record<string, string>> = {
  '1.2.840.10040.4.1': 'DSA',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
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
  const name = details.namedCurve ?? algorithm.name
  return { type: 'other', name: OTHER_KEYS[name] ?? name }
}
