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
const DAY = 24 * 3600 * 1000

export async function createKeyPair(commonName: string): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + 30 * DAY),
    signingAlgorithm: ALGORITHM,
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
