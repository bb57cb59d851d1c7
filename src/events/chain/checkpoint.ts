// Signs marks of a chain, so that who can write the database cannot make one. The key is derived
// from the key-encryption key, which is no part of the database.
import { decodeBase64url, encodeBase64url } from '../../base64.ts'
import { ConfigError, type KeySecrets } from '../../env.ts'
import { deriveBits } from '../../platform/derive-key.ts'
import { readBase64Setting } from '../../platform/key-encryption-key.ts'

/** What is signed. */
export type CheckpointContent = {
  chain: string
  kind: 'start' | 'head'
  number: number
  eventSeq: number
  hash: string
  createdAt: number
}

export type CheckpointKey = {
  sign(mark: CheckpointContent): Promise<string>
  /** base64url: `audit verify --key` takes it where the secret is not at hand. */
  publicKey: string
}

const FORM = 'gatepost.checkpoint.v1'
const ALGORITHM = { name: 'Ed25519' } as const
/** PKCS#8 of an Ed25519 key, before its 32 bytes (RFC 8410 §7). */
const PKCS8 = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32)

const opened = new WeakMap<KeySecrets, Promise<CheckpointKey>>()

/** Null: no key-encryption key is set. Rejects with a ConfigError where it is invalid. */
export async function openCheckpointKey(secrets: KeySecrets): Promise<CheckpointKey | null> {
  if (!secrets.keyEncryptionKey.text) return null
  let key = opened.get(secrets)
  if (!key) opened.set(secrets, (key = derive(secrets)))
  return key
}

async function derive({ keyEncryptionKey }: KeySecrets): Promise<CheckpointKey> {
  const secret = readBase64Setting(keyEncryptionKey)
  if (secret.length !== 32)
    throw new ConfigError(`${keyEncryptionKey.name} is not 32 bytes in base64`)
  const seed = await deriveBits(secret, 'gatepost-audit-checkpoint-v1', 256)
  const pkcs8 = new Uint8Array([...PKCS8, ...seed])
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign'])
  const { x } = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey
  return {
    publicKey: x!,
    sign: async (mark) =>
      encodeBase64url(new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, bytesOf(mark)))),
  }
}

/** False also where key or signature are none. */
export async function isSigned(
  mark: CheckpointContent,
  signature: string,
  publicKey: string,
): Promise<boolean> {
  const bytes = decodeBase64url(signature)
  if (!bytes) return false
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey }
    const key = await crypto.subtle.importKey('jwk', jwk, ALGORITHM, false, ['verify'])
    return await crypto.subtle.verify(ALGORITHM, key, bytes, bytesOf(mark))
  } catch {
    return false
  }
}

/** As `hashOf`: a JSON array, without white space. */
function bytesOf({ kind, chain, number, eventSeq, hash, createdAt }: CheckpointContent) {
  const text = JSON.stringify([FORM, kind, chain, number, eventSeq, hash, createdAt])
  return new TextEncoder().encode(text)
}
