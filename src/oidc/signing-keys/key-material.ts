// Creates and opens the keys that sign tokens. Private keys are sealed at rest.
import type { IdTokenAlgorithm } from '../../clients/client.ts'
import { ConfigError, type KeySecrets } from '../../env.ts'
import { seal, unseal } from '../../keys/seal.ts'
import { readKeyEncryptionKey } from '../../platform/key-encryption-key.ts'
import { KEY_PARAMETERS, publicMembers } from './key-parameters.ts'
import type { SigningKeyRow } from './store.ts'

export async function createKey(
  secrets: KeySecrets,
  algorithm: IdTokenAlgorithm,
  now: number,
  signsAt: number,
): Promise<SigningKeyRow> {
  const keyEncryptionKey = await getKeyEncryptionKey(secrets)
  const { calculateJwkThumbprint } = await import('jose/jwk/thumbprint')
  const pair = (await crypto.subtle.generateKey(KEY_PARAMETERS[algorithm], true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const exported = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey
  const publicKey = publicMembers(algorithm, exported)
  const privateKey = (await crypto.subtle.exportKey('pkcs8', pair.privateKey)) as ArrayBuffer
  const kid = await calculateJwkThumbprint(publicKey)
  return {
    kid,
    algorithm,
    publicKey,
    encryptedPrivateKey: await seal(keyEncryptionKey, kid, new Uint8Array(privateKey)),
    signsAt,
    createdAt: now,
  }
}

type OpenedKey = { row: string; key: Promise<CryptoKey> }
// One opened key for each algorithm and set of secrets, because one key of each signs at a time.
const opened = new WeakMap<KeySecrets, Map<IdTokenAlgorithm, OpenedKey>>()

/** Imports a key once for each isolate. Rejects with a ConfigError if the secret is another. */
export function openKey(secrets: KeySecrets, row: SigningKeyRow): Promise<CryptoKey> {
  const ofSecrets = opened.get(secrets) ?? new Map<IdTokenAlgorithm, OpenedKey>()
  opened.set(secrets, ofSecrets)
  const memo = ofSecrets.get(row.algorithm)
  if (memo?.row === row.encryptedPrivateKey) return memo.key
  const key = unsealKey(secrets, row)
  ofSecrets.set(row.algorithm, { row: row.encryptedPrivateKey, key })
  return key
}

async function unsealKey(secrets: KeySecrets, row: SigningKeyRow): Promise<CryptoKey> {
  const bytes = await unseal(await getKeyEncryptionKey(secrets), row.kid, row.encryptedPrivateKey)
  if (!bytes)
    throw new ConfigError(`${secrets.keyEncryptionKey.name} does not open signing key ${row.kid}`)
  return crypto.subtle.importKey('pkcs8', bytes, KEY_PARAMETERS[row.algorithm], false, ['sign'])
}

async function getKeyEncryptionKey(secrets: KeySecrets): Promise<CryptoKey> {
  const key = await readKeyEncryptionKey(secrets)
  if (key) return key
  throw new ConfigError(
    `${secrets.keyEncryptionKey.name} is not set: it encrypts the keys that sign tokens`,
  )
}

/** The key as the JWKS has it (RFC 7517 §4). */
export function published({ kid, algorithm, publicKey }: SigningKeyRow) {
  return { ...publicMembers(algorithm, publicKey), kid, alg: algorithm, use: 'sig' }
}
