// A key pair of ours: what may be shown of it, and how one is made. Its private key goes from here into seal.ts and nowhere else.
import { SubjectKeyIdentifierExtension, X509CertificateGenerator } from '@peculiar/x509'
import { parseCertificate, type Certificate } from '../saml/signature/certificate.ts'

/**
 * `current` signs. `next` is published and will sign. `previous` is not published any more. All of them decrypt: what an
 * IdP has read of us at any time in between is good.
 */
export type Stage = 'current' | 'next' | 'previous'

export const STAGES: readonly Stage[] = ['current', 'next', 'previous']

export type OwnKeyPair = {
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  fingerprint: string
  stage: Stage
  /** Where its private key is: a secret of the Worker, or encrypted in the database. */
  home: 'secret' | 'database'
  /** X.509, DER in base64. */
  certificate: string
  subject: string
  /** Milliseconds since 1970, as all times here. */
  notBefore: number
  notAfter: number
  /** Since when our metadata has it; null where that is not known, as of secrets. */
  publishedAt: number | null
  /** Since when it signs; null where it has not yet, or that is not known. */
  activatedAt: number | null
}

/** 128 bits of strength (NIST SP 800-57 Part 1, table 2): 2048 bits are good until 2030, and the certificate for longer. */
const MODULUS_BITS = 3072
const DAY = 24 * 60 * 60 * 1000
const LIFETIME_DAYS = 3650
/** RFC 5280 appendix A.1, ub-common-name. */
const COMMON_NAME_LENGTH = 64

export const SIGNING = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/** A new RSA key, PKCS#8, and its self-signed certificate: 10 years, named after us and the host. */
export async function createKeyPair(
  host: string,
  now: number,
): Promise<{ privateKey: Uint8Array<ArrayBuffer>; certificate: Certificate }> {
  const algorithm = {
    ...SIGNING,
    modulusLength: MODULUS_BITS,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  // As a positive number of 16 bytes (RFC 5280 §4.1.2.2).
  const serial = crypto.getRandomValues(new Uint8Array(16))
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const made = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [host.slice(0, COMMON_NAME_LENGTH)] }, { O: ['Gatepost'] }],
    serialNumber: Array.from(serial, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    // An IdP whose clock is set back a little must not find it to be one of the future.
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + LIFETIME_DAYS * DAY),
    signingAlgorithm: algorithm,
    keys,
    // RFC 5280 §4.1.2.9 wants one where there is a list, and this one can be held against no use of the key.
    extensions: [await SubjectKeyIdentifierExtension.create(keys.publicKey)],
  })
  const certificate = await parseCertificate(new Uint8Array(made.rawData))
  if (!certificate.ok) throw new TypeError('a certificate of our own making cannot be read')
  const exported = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    privateKey: new Uint8Array(exported as ArrayBuffer),
    certificate: certificate.value,
  }
}
