// The keys of logins in flight and of tokens, one for each purpose, derived from the secret (HKDF,
// RFC 5869). While it rotates, keys of the previous secret open what they made.
import type { LoginSecrets } from '../env.ts'
import { deriveKey, HMAC_SHA_256 } from '../platform/derive-key.ts'
import { readLoginSecrets } from './login-secret.ts'

export type LoginKeys = {
  /** Authenticates the handle in RelayState. */
  handle: CryptoKey
  /** Derives the ID of a request from its handle, and the name of an unsolicited login. */
  identifier: CryptoKey
  /** Seals what the login cookie and KV keep. */
  sealing: CryptoKey
  /** Authenticates access and refresh tokens. */
  token: CryptoKey
}

/** The current keys, then those of the previous secret. */
export type LoginKeyRing = readonly [LoginKeys, ...LoginKeys[]]

const derived = new WeakMap<LoginSecrets, LoginKeyRing>()

/** Derives once per isolate. Rejects with a ConfigError. */
export async function openLoginKeys(secrets: LoginSecrets): Promise<LoginKeyRing> {
  const known = derived.get(secrets)
  if (known) return known
  const [current, ...previous] = await Promise.all(readLoginSecrets(secrets).map(derive))
  const ring: LoginKeyRing = [current!, ...previous]
  derived.set(secrets, ring)
  return ring
}

async function derive(secret: Uint8Array<ArrayBuffer>): Promise<LoginKeys> {
  const [handle, identifier, sealing, token] = await Promise.all([
    deriveKey(secret, 'gatepost login handle', HMAC_SHA_256, ['sign']),
    deriveKey(secret, 'gatepost login identifier', HMAC_SHA_256, ['sign']),
    deriveKey(secret, 'gatepost login sealing', { name: 'AES-GCM', length: 256 }, [
      'encrypt',
      'decrypt',
    ]),
    deriveKey(secret, 'gatepost oauth tokens', HMAC_SHA_256, ['sign', 'verify']),
  ])
  return { handle, identifier, sealing, token }
}
