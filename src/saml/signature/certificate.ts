// Parses X.509 certificates as administrators paste them: PEM (also several), bare base64, DER. A
// certificate only carries a pinned key: its dates and issuer are shown and decide nothing. Logins
// take the key as it was stored then.
import { decodeBase64, encodeBase64 } from '../../base64.ts'
import { formatKeyKind, parseKeyKind, type CertifiedKey, type PublicKeyKind } from './public-key.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'

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
const parsed = new Map<string, Promise<Result<Certificate, Refusal>>>()
const MEMO_SIZE = 256

/**
 * One certificate: PEM, bare base64 or DER. Refuses `certificate_malformed` and
 * `certificate_private_key`.
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
 * All certificates of a text: any number of PEM blocks, or one bare base64 certificate. Same
 * refusals, and at most 20.
 */
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
    return refuse('certificate_malformed', CLAUSE, 'PEM, base64 or DER', 'another format')
  const { X509Certificate } = await import('./x509.ts')
  try {
    const certificate = new X509Certificate(der)
    return ok({
      base64: encodeBase64(der),
      fingerprint: await fingerprintOf(der),
      subject: certificate.subject,
      issuer: certificate.issuer,
      notBefore: certificate.notBefore.getTime(),
      notAfter: certificate.notAfter.getTime(),
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
