// Our keys in the Worker’s secrets: read and checked at first use, then kept. Errors name the
// setting and never its value.
import { ConfigError, type KeySecrets, type Setting } from '../env.ts'
import { encodeBase64 } from '../base64.ts'
import { readBase64Setting } from '../platform/key-encryption-key.ts'
import { fingerprintOf, parseCertificate } from '../saml/signature/certificate.ts'
import { SIGNING, STAGES, type Stage } from './key-pair.ts'

/** The subject of the certificates that `npm start` creates. A deployment refuses them. */
const DEVELOPMENT_NAME = 'Gatepost local development'
export const DEVELOPMENT_SUBJECT = `CN=${DEVELOPMENT_NAME}`

/** It is published as it is: no login needs anything that stands in it. */
export type OwnCertificate = {
  /** DER in base64, without line breaks. */
  base64: string
  /** SHA-256 of the DER, lower-case hexadecimal. */
  fingerprint: string
}

/** A pair that is ready for use. */
export type OpenPair = {
  stage: Stage
  certificate: OwnCertificate
  /** PKCS#8. */
  privateKey: Uint8Array<ArrayBuffer>
  signingKey: CryptoKey
}

/** The previous pair may come without its certificate: it only decrypts. */
export type SecretPair = Omit<OpenPair, 'certificate'> & { certificate: OwnCertificate | null }

const reads = new WeakMap<KeySecrets, Promise<SecretPair[]>>()

/**
 * The pairs that are set, or none. Rejects with a ConfigError where a pair is incomplete or wrong.
 */
export function readSecretPairs(secrets: KeySecrets): Promise<SecretPair[]> {
  let read = reads.get(secrets)
  if (!read) reads.set(secrets, (read = readPairs(secrets)))
  return read
}

/**
 * Rejects with a ConfigError where a deployment uses a certificate of a developer’s machine. Only a
 * certificate that contains the name is parsed.
 */
export async function refuseDevelopment(
  secrets: KeySecrets,
  { base64 }: OwnCertificate,
  where: string,
): Promise<void> {
  if (secrets.isLocal || !atob(base64).includes(DEVELOPMENT_NAME)) return
  const certificate = await parseCertificate(base64)
  if (certificate.ok && certificate.value.subject === DEVELOPMENT_SUBJECT)
    throw new ConfigError(`${where} is one of \`npm start\`: make a key pair for this deployment`)
}

async function readPairs(secrets: KeySecrets): Promise<SecretPair[]> {
  const pairs: SecretPair[] = []
  for (const stage of STAGES) {
    const settings = secrets.pairs[stage]
    if (!settings.privateKey.text && !settings.certificate.text) continue
    const pair = await readPair(secrets, stage)
    // While an operator moves secrets by one stage, two stages may have the same pair. The first
    // one counts.
    const isTwice = pairs.some(
      ({ certificate }) => certificate?.fingerprint === pair.certificate?.fingerprint,
    )
    if (!isTwice) pairs.push(pair)
  }
  return pairs
}

async function readPair(secrets: KeySecrets, stage: Stage): Promise<SecretPair> {
  const settings = secrets.pairs[stage]
  const privateKey = readBase64Setting(settings.privateKey)
  const certificate =
    stage === 'previous' && !settings.certificate.text
      ? null
      : await readCertificate(secrets, settings.certificate)
  const signingKey = await importSigningKey(privateKey)
  if (!signingKey) throw new ConfigError(`${settings.privateKey.name} is not an RSA key in PKCS#8`)
  if (certificate && !(await isPair(privateKey, certificate)))
    throw new ConfigError(
      `${settings.privateKey.name} is not the RSA key of ${settings.certificate.name}`,
    )
  return { stage, certificate, privateKey, signingKey }
}

/**
 * What a certificate of version 3 begins with (RFC 5280 §4.1): two SEQUENCEs (`0`) with their
 * lengths, and the version. No key does.
 */
const CERTIFICATE = /^0[^]{1,3}0[^]{1,3}\u00a0/

async function readCertificate(secrets: KeySecrets, setting: Setting): Promise<OwnCertificate> {
  const der = readBase64Setting(setting)
  if (!CERTIFICATE.test(String.fromCharCode(...der.subarray(0, 16))))
    throw new ConfigError(`${setting.name} is not an X.509 certificate`)
  const certificate = { base64: encodeBase64(der), fingerprint: await fingerprintOf(der) }
  await refuseDevelopment(secrets, certificate, setting.name)
  return certificate
}

/** Undefined where WebCrypto does not accept it as an RSA key. */
export async function importSigningKey(
  privateKey: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey('pkcs8', privateKey, SIGNING, false, ['sign'])
  } catch {
    return undefined
  }
}

/**
 * With the certificate of another key, an IdP could neither verify nor encrypt. A certificate has
 * the modulus of its key as it is: it is looked for, and nothing is parsed.
 */
async function isPair(
  privateKey: Uint8Array<ArrayBuffer>,
  { base64 }: OwnCertificate,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('pkcs8', privateKey, SIGNING, true, ['sign'])
  const { n = '' } = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey
  const modulus = atob(n.replaceAll('-', '+').replaceAll('_', '/'))
  return modulus !== '' && atob(base64).includes(modulus)
}
