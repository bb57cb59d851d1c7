// Creates one of our key pairs. Only seal.ts may receive its private key.
import { parseCertificate, type Certificate } from '../saml/signature/certificate.ts'
import { SIGNING } from './key-pair.ts'
import { DAY } from '../durations.ts'

/**
 * 3072 bits have 128 bits of strength (NIST SP 800-57 Part 1, table 2). 2048 bits are acceptable
 * until 2030, and the certificate lasts longer.
 */
const MODULUS_BITS = 3072
const LIFETIME_DAYS = 3650
/** RFC 5280 appendix A.1, ub-common-name. */
const COMMON_NAME_LENGTH = 64

/**
 * A new RSA key, PKCS#8, and its self-signed certificate: 10 years, named after us and the host.
 */
export async function createKeyPair(
  host: string,
  now: number,
  modulusLength = MODULUS_BITS,
): Promise<{ privateKey: Uint8Array<ArrayBuffer>; certificate: Certificate }> {
  const x509 = await import('../saml/signature/x509.ts')
  const algorithm = {
    ...SIGNING,
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  // As a positive number of 16 bytes (RFC 5280 §4.1.2.2).
  const serial = crypto.getRandomValues(new Uint8Array(16))
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [host.slice(0, COMMON_NAME_LENGTH)] }, { O: ['Gatepost'] }],
    serialNumber: Array.from(serial, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    // Backdated, for IdPs whose clock is a little slow.
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + LIFETIME_DAYS * DAY),
    signingAlgorithm: algorithm,
    keys,
    // A list of extensions needs at least one (RFC 5280 §4.1.2.9). This one restricts no use.
    extensions: [await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  })
  const certificate = await parseCertificate(new Uint8Array(made.rawData))
  if (!certificate.ok) throw new TypeError('a certificate of our own making cannot be read')
  const exported = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    privateKey: new Uint8Array(exported as ArrayBuffer),
    certificate: certificate.value,
  }
}
