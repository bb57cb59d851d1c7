// Our keys for logins. They come from the database if it has a current pair, else from the Worker’s
// secrets. If the database’s keys do not open, the secrets must not replace them.
import { ConfigError, type KeySecrets } from '../env.ts'
import { decodeBase64 } from '../base64.ts'
import { readKeyEncryptionKey } from '../platform/key-encryption-key.ts'
import { fingerprintOf } from '../saml/signature/certificate.ts'
import { importSigningKey, readSecretPairs, refuseDevelopment, type OpenPair } from './secrets.ts'
import { STAGES, type Stage } from './key-pair.ts'
import { unseal } from './seal.ts'
import type { KeyPairRow } from './store.ts'

/**
 * Each function opens only the keys that it needs. It rejects with a ConfigError where one is
 * missing or does not open.
 */
export type KeyRing = {
  /** Signs AuthnRequests. The certificate as DER in base64. */
  signingKey(): Promise<{ key: CryptoKey; certificate: string | null }>
  /** PKCS#8, the most likely first. */
  decryptionKeys(): Promise<Uint8Array<ArrayBuffer>[]>
  /** Certificates for our metadata, DER in base64. */
  published(): Promise<{ signing: string[]; encryption: string[] }>
}

/** `rows`: all current rows of `key_pairs`. */
export function openKeyRing(secrets: KeySecrets, rows: readonly KeyPairRow[]): KeyRing {
  const inDatabase = livesInDatabase(rows)
  const find = async (stage: Stage) => {
    if (!inDatabase) return (await readSecretPairs(secrets)).find((pair) => pair.stage === stage)
    const row = rows.find((one) => one.stage === stage)
    return row && openRow(secrets, row)
  }
  const current = async () => {
    const pair = await find('current')
    if (pair) return pair
    const { keyEncryptionKey, pairs } = secrets
    throw new ConfigError(
      keyEncryptionKey.text
        ? 'there is no key pair yet: prepare one (gatepost key prepare)'
        : `${pairs.current.privateKey.name} is not set`,
    )
  }
  return {
    async signingKey() {
      const { signingKey, certificate } = await current()
      return { key: signingKey, certificate: certificate?.base64 ?? null }
    },
    async decryptionKeys() {
      const pairs = [await current(), await find('next'), await find('previous')]
      return pairs.filter((pair) => pair !== undefined).map(({ privateKey }) => privateKey)
    },
    async published() {
      const pairs = [await current(), await find('next')]
      const certificates = pairs.flatMap((pair) => pair?.certificate?.base64 ?? [])
      // The newest certificate alone: some IdPs (AD FS) refuse metadata with two encryption keys.
      // We decrypt with all pairs.
      return { signing: certificates, encryption: certificates.slice(-1) }
    },
  }
}

export function livesInDatabase(rows: readonly KeyPairRow[]): boolean {
  return rows.some(({ stage }) => stage === 'current')
}

export function inOrder<T extends { stage: Stage }>(pairs: readonly T[]): T[] {
  return pairs.toSorted((left, right) => STAGES.indexOf(left.stage) - STAGES.indexOf(right.stage))
}

// Keyed by the secrets that opened the pair: other secrets must open it again. Deleted pairs stay
// until the memo is full.
const opened = new WeakMap<KeySecrets, Map<string, Promise<Omit<OpenPair, 'stage'>>>>()
const MEMO_SIZE = 8

/** Decrypts and imports a pair once per isolate. Rejects with a ConfigError. */
export async function openRow(secrets: KeySecrets, row: KeyPairRow): Promise<OpenPair> {
  let memo = opened.get(secrets)
  if (!memo) opened.set(secrets, (memo = new Map()))
  const key = `${row.fingerprint} ${row.encryptedPrivateKey}`
  let pair = memo.get(key)
  if (!pair) {
    if (memo.size >= MEMO_SIZE) memo.clear()
    memo.set(key, (pair = open(secrets, row)))
  }
  return { ...(await pair), stage: row.stage }
}

async function open(secrets: KeySecrets, row: KeyPairRow): Promise<Omit<OpenPair, 'stage'>> {
  const { name } = secrets.keyEncryptionKey
  const keyEncryptionKey = await readKeyEncryptionKey(secrets)
  if (!keyEncryptionKey)
    throw new ConfigError(`${name} is not set, and the key pairs in the database are encrypted`)
  const der = decodeBase64(row.certificate)
  if (!der || (await fingerprintOf(der)) !== row.fingerprint)
    throw new ConfigError(`key pair ${row.fingerprint} has another certificate in the database`)
  const certificate = { base64: row.certificate, fingerprint: row.fingerprint }
  await refuseDevelopment(secrets, certificate, `key pair ${row.fingerprint}`)
  const privateKey = await unseal(keyEncryptionKey, row.fingerprint, row.encryptedPrivateKey)
  const signingKey = privateKey && (await importSigningKey(privateKey))
  if (!signingKey) throw new ConfigError(`${name} does not open key pair ${row.fingerprint}`)
  return { certificate, privateKey, signingKey }
}
