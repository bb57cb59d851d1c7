// The keys of the demo, made on this machine when they are absent and kept from then on: the SP's
// in .dev.vars, the demo IdP's in its configuration file. Never replaces a value somebody has set.
import 'reflect-metadata'
import {
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509CertificateCreateSelfSignedParams,
} from '@peculiar/x509'
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { DEVELOPMENT_SUBJECT } from '../../src/keys/secrets.ts'

export type KeyAndCertificate = {
  /** PKCS#8, DER in base64. */
  privateKey: string
  /** X.509, DER in base64. */
  certificate: string
}

export const IDP_SUBJECT = 'CN=Gatepost demo identity provider'

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 3072,
  publicExponent: new Uint8Array([1, 0, 1]),
}
const dayMilliseconds = 24 * 60 * 60 * 1000

/**
 * Returns the SP's certificate from the file, DER in base64, after filling in what was absent or
 * empty.
 */
export async function ensureDevVars(path: string, origin: string): Promise<string> {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const present = parseEnv(text)
  if (present.SP_CERTIFICATE && !present.SP_PRIVATE_KEY) {
    throw new Error(
      '.dev.vars has an SP_CERTIFICATE without its SP_PRIVATE_KEY. Add it, or remove both.',
    )
  }
  const wanted: Record<string, string> = {}
  if (!present.ORIGIN) wanted.ORIGIN = origin
  for (const name of ['LOGIN_SECRET', 'KEY_ENCRYPTION_KEY'])
    if (!present[name]) wanted[name] = randomBytes(32).toString('base64')
  if (!present.SP_CERTIFICATE) {
    const made = await createKeyAndCertificate(DEVELOPMENT_SUBJECT, present.SP_PRIVATE_KEY)
    if (!present.SP_PRIVATE_KEY) wanted.SP_PRIVATE_KEY = made.privateKey
    wanted.SP_CERTIFICATE = made.certificate
  }
  if (Object.keys(wanted).length > 0) writePrivately(path, fillIn(text, wanted))
  const { SP_PRIVATE_KEY = '', SP_CERTIFICATE = '' } = { ...present, ...wanted }
  checkPair(SP_PRIVATE_KEY, SP_CERTIFICATE)
  return SP_CERTIFICATE
}

function checkPair(privateKey: string, certificate: string) {
  let isPair = false
  try {
    const key = { key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' } as const
    const parsed = new X509Certificate(Buffer.from(certificate, 'base64'))
    isPair = parsed.checkPrivateKey(createPrivateKey(key))
  } catch {
    // What cannot be read is no pair either.
  }
  if (!isPair) {
    throw new Error(
      '.dev.vars: SP_PRIVATE_KEY and SP_CERTIFICATE are not a key and its certificate (DER in base64). Remove both for new ones.',
    )
  }
}

/**
 * Returns the demo IdP's key and certificate from its configuration file, or new ones. Writes
 * nothing.
 */
export async function ensureIdpKey(path: string): Promise<KeyAndCertificate> {
  if (existsSync(path)) {
    const { privateKey, certificate } = JSON.parse(readFileSync(path, 'utf8'))
    if (privateKey && certificate) return { privateKey, certificate }
  }
  return createKeyAndCertificate(IDP_SUBJECT)
}

/** Writes a file that only its owner may read. */
export function writePrivately(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 })
  // The mode above is of new files only.
  chmodSync(path, 0o600)
}

/**
 * Sets names in the text of a .dev.vars: in place where they stand empty, at the end where they are
 * absent.
 */
function fillIn(text: string, values: Record<string, string>): string {
  let filled = text && !text.endsWith('\n') ? `${text}\n` : text
  for (const [name, value] of Object.entries(values)) {
    const assignment = `${name}="${value}"`
    const empty = new RegExp(`^[ \\t]*${name}[ \\t]*=.*$`, 'm')
    filled = empty.test(filled)
      ? filled.replace(empty, () => assignment)
      : `${filled}${assignment}\n`
  }
  return filled
}

async function createKeyAndCertificate(
  subject: string,
  existingKey?: string,
): Promise<KeyAndCertificate> {
  const keys = existingKey ? await importKeys(existingKey) : await generateKeys()
  const parameters: X509CertificateCreateSelfSignedParams = {
    name: subject,
    serialNumber: randomBytes(16).toString('hex'),
    // A clock that is set back a little must not make the certificate one of the future.
    notBefore: new Date(Date.now() - dayMilliseconds),
    notAfter: new Date(Date.now() + 3650 * dayMilliseconds),
    signingAlgorithm: algorithm,
    keys,
    // RFC 5280 §4.1.2.9: where there is a list of extensions, it is not empty.
    extensions: [await SubjectKeyIdentifierExtension.create(keys.publicKey)],
  }
  const certificate = await X509CertificateGenerator.createSelfSigned(parameters)
  const privateKey = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    privateKey: Buffer.from(privateKey).toString('base64'),
    certificate: Buffer.from(certificate.rawData).toString('base64'),
  }
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
}

async function importKeys(base64DER: string): Promise<CryptoKeyPair> {
  const pkcs8 = Buffer.from(base64DER, 'base64')
  try {
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
    return {
      privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
      publicKey: await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
    }
  } catch {
    throw new Error('.dev.vars: SP_PRIVATE_KEY is not an RSA key (PKCS#8, DER in base64)')
  }
}
