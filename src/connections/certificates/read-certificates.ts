// Certificates as administrators hand them over: PEM (also several in one file), bare base64, or
// DER. Pure.
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { decodeBase64 } from '../../base64.ts'
import { elementAt } from '../../der.ts'
import { binaryKind } from '../../given-instead.ts'
import { textOfCertificates } from '../../saml/signature/certificate-text.ts'
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
      { context: 'certificate' },
    )
  const text = typeof input === 'string' ? input : textOfCertificates(input)
  const binary = binaryKind(decodeBase64(text) ?? NO_BYTES)
  if (binary !== undefined)
    return problem('certificate_malformed', 'a certificate', binary, 'certificate', {
      context: 'certificate',
      given: binary,
    })
  if (holdsPrivateKey(text))
    return problem('certificate_private_key', 'a certificate', 'a private key', 'certificate', {
      context: 'certificate',
    })
  const certificates = await parseCertificates(text)
  if (!certificates.ok) return fromRefusal(certificates.error, 'certificate', 'certificate')
  for (const { key } of certificates.value) {
    const strength = checkKeyStrength(key)
    if (!strength.ok) return fromRefusal(strength.error, 'certificate', 'certificate')
  }
  return ok(certificates.value)
}

const NO_BYTES = new Uint8Array()
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
