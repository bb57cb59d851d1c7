// Keys and certificates, made anew for every run.
import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'

export type KeyPair = {
  /** PKCS#8, DER in base64. */
  privateKey: string
  /** X.509, DER in base64. */
  certificate: string
}

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
const EC_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' }
const DAY = 24 * 3600 * 1000

export function createKeyPair(commonName: string): Promise<KeyPair> {
  return selfSign(commonName, ALGORITHM)
}

/** The same with P-256. */
export function createECKeyPair(commonName: string): Promise<KeyPair> {
  return selfSign(commonName, EC_ALGORITHM)
}

async function selfSign(
  commonName: string,
  algorithm: typeof ALGORITHM | typeof EC_ALGORITHM,
): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + 30 * DAY),
    signingAlgorithm: algorithm,
    keys,
  })
  return {
    privateKey: toBase64(await crypto.subtle.exportKey('pkcs8', keys.privateKey)),
    certificate: toBase64(certificate.rawData),
  }
}

export function toPEM(label: 'CERTIFICATE' | 'PRIVATE KEY', base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

function toBase64(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('base64')
}
