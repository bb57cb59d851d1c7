// Random secrets that a browser or an IdP keeps for us. We store only their hashes.
import { encodeBase64url } from '../base64.ts'

/** 256 bits as base64url: 43 characters. */
export function createSecret(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(32)))
}

export function isSecret(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9_-]{43}$/.test(text)
}

/** SHA-256 as base64url. The secrets are random, so that no salt or stretching is needed. */
export async function hashSecret(secret: string): Promise<string> {
  return encodeBase64url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))),
  )
}
