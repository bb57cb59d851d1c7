// Keyed hashes of a NameID: they tell the same from another, and nothing else without the key.
import { encodeBase64url } from '../../base64.ts'
import type { LoginSecrets } from '../../env.ts'
import { deriveKey, HMAC_SHA_256 } from '../../platform/derive-key.ts'
import { readLoginSecrets } from '../login-secret.ts'
import type { ReceivedNameID } from './judge.ts'

/**
 * By the current secret, then by the previous one. Of one connection: the same NameID at another
 * one has another hash. Only refusals are hashed, so the key is derived for each.
 */
export async function hashNameID(
  secrets: LoginSecrets,
  connectionSid: string,
  { format, value }: Pick<ReceivedNameID, 'format' | 'value'>,
): Promise<[string, ...string[]]> {
  const text = new TextEncoder().encode(JSON.stringify([connectionSid, format, value]))
  const [current, ...previous] = await Promise.all(
    readLoginSecrets(secrets).map(async (secret) => {
      const key = await deriveKey(secret, 'gatepost NameID', HMAC_SHA_256, ['sign'])
      return encodeBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)))
    }),
  )
  return [current!, ...previous]
}
