// Certificates as administrators hand them over: PEM (also several in one file), bare base64, or
// DER. Pure.
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { decodeBase64, encodeBase64 } from '../../base64.ts'
import { parseCertificates, type Certificate } from '../../saml/signature/certificate.ts'
import { checkKeyStrength } from '../../saml/signature/public-key.ts'
import { fromRefusal } from '../edit.ts'

/**
 * What an upload may weigh: 20 certificates as PEM, with everything that tools write between them.
 */
const MAX_BYTES = 512 * 1024

/**
 * Reads certificates for an edit. One that has expired is read like any other: a pinned key is not
 * a PKI. Refuses `certificate_malformed`, `certificate_private_key` (wherever in the input one
 * stands), `signature_key_weak` and `signature_key_unsupported`.
 */
export async function readCertificates(
  input: string | Uint8Array,
): Promise<Result<Certificate[], Problem>> {
  if (input.length > MAX_BYTES)
    return problem(
      'certificate_malformed',
      `at most ${MAX_BYTES} bytes`,
      `${input.length}`,
      'certificate',
    )
  const text = typeof input === 'string' ? input : textOf(input)
  if (holdsPrivateKey(text))
    return problem('certificate_private_key', 'a certificate', 'a private key', 'certificate')
  const certificates = await parseCertificates(text)
  if (!certificates.ok) return fromRefusal(certificates.error, 'certificate')
  for (const { key } of certificates.value) {
    const strength = checkKeyStrength(key)
    if (!strength.ok) return fromRefusal(strength.error, 'certificate')
  }
  return ok(certificates.value)
}

/** DER begins with a SEQUENCE of more than 127 bytes, and no text does. */
function textOf(bytes: Uint8Array): string {
  const isDer = bytes[0] === SEQUENCE && (bytes[1] ?? 0) > 0x7f
  return isDer ? encodeBase64(bytes) : new TextDecoder().decode(bytes)
}

const SEQUENCE = 0x30
const INTEGER = 0x02
const OCTET_STRING = 0x04

/**
 * As PEM of any tool, or as DER in base64: PKCS#8, PKCS#1, SEC 1 and PKCS#12 begin with a version,
 * encrypted PKCS#8 is an algorithm and an OCTET STRING (RFC 5958 §2 and §3, RFC 8017 §A.1.2, RFC
 * 5915 §3, RFC 7292 §4). A certificate is neither.
 */
function holdsPrivateKey(text: string): boolean {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return true
  const der = decodeBase64(text)
  if (der?.[0] !== SEQUENCE) return false
  const first = elementAt(der, elementAt(der, 0).content)
  if (first.tag === INTEGER) return first.end - first.content === 1
  return first.tag === SEQUENCE && elementAt(der, first.end).tag === OCTET_STRING
}

/** Tag, and where content begins and ends (X.690 §8.1). */
function elementAt(der: Uint8Array, position: number) {
  const short = der[position + 1] ?? 0
  const bytes = short > 0x80 ? short - 0x80 : 0
  const content = position + 2 + bytes
  const length = bytes
    ? der.subarray(position + 2, content).reduce((sum, byte) => sum * 256 + byte, 0)
    : short
  return { tag: der[position], content, end: content + length }
}
