// Parses X.509 certificates as administrators paste them: PEM (also several), bare base64, DER. A
// certificate only carries a pinned key: its dates and issuer are shown and decide nothing.
import { decodeBase64, encodeBase64 } from '../../base64.ts'
import { findPublicKey, type CertifiedKey, type PublicKeyKind } from './public-key.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'

export type Certificate = CertifiedKey & {
  subject: string
  issuer: string
  /** Milliseconds since 1970. */
  notBefore: number
  notAfter: number
}

const CLAUSE = 'RFC 5280 §4.1; RFC 7468 §5'
const MAX_BYTES = 64 * 1024
const MAX_CERTIFICATES = 20

// A memo with an upper limit: the result depends on the text alone.
const parsed = new Map<string, Promise<Result<Certificate, Refusal>>>()
const keys = new Map<string, Promise<Result<CertifiedKey, Refusal>>>()
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

/**
 * The key of a stored certificate that `parseCertificate` accepted before. It does without the
 * X.509 library, which would slow the first login of an isolate. For a key that no login could use,
 * the caller needs `parseCertificate` and its refusals.
 */
export function readCertifiedKey(base64: string): Promise<Result<CertifiedKey, Refusal>> {
  let result = keys.get(base64)
  if (!result) {
    if (keys.size >= MEMO_SIZE) keys.clear()
    keys.set(base64, (result = readKey(base64)))
  }
  return result
}

async function readKey(base64: string): Promise<Result<CertifiedKey, Refusal>> {
  const der = decodeBase64(base64)
  const found = der && der.length <= MAX_BYTES ? findPublicKey(der) : undefined
  if (!der || !found) return parseCertificate(base64)
  return ok({ base64, fingerprint: await fingerprintOf(der), ...found })
}

async function fingerprintOf(der: Uint8Array<ArrayBuffer>): Promise<string> {
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
