// The secrets of webhook endpoints, as Standard Webhooks writes them: made, sealed, opened.
import { decodeBase64, encodeBase64 } from '../../base64.ts'
import { sealBytes, unsealBytes } from '../../platform/seal.ts'

/** By it, libraries and secret scanners recognize one. */
const WEBHOOK_SECRET_PREFIX = 'whsec_'
/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32

export function createWebhookSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
  return WEBHOOK_SECRET_PREFIX + encodeBase64(bytes)
}

/** The bytes that sign. Undefined: the text is no such secret. */
export function bytesOfSecret(secret: string): Uint8Array<ArrayBuffer> | undefined {
  if (!secret.startsWith(WEBHOOK_SECRET_PREFIX)) return undefined
  const bytes = decodeBase64(secret.slice(WEBHOOK_SECRET_PREFIX.length))
  return bytes && bytes.length > 0 ? bytes : undefined
}

/** Base64. It opens for the same endpoint only. */
export async function sealWebhookSecret(
  keyEncryptionKey: CryptoKey,
  endpointSid: string,
  secret: string,
): Promise<string> {
  const bytes = new TextEncoder().encode(secret)
  return encodeBase64(await sealBytes(keyEncryptionKey, contextOf(endpointSid), bytes))
}

/** Undefined: sealed under another key, for another endpoint, or not by us. */
export async function openWebhookSecret(
  keyEncryptionKey: CryptoKey,
  endpointSid: string,
  sealed: string,
): Promise<string | undefined> {
  const bytes = decodeBase64(sealed)
  const opened = bytes && (await unsealBytes(keyEncryptionKey, contextOf(endpointSid), bytes))
  return opened && new TextDecoder().decode(opened)
}

function contextOf(endpointSid: string): string {
  return `gatepost webhook secret ${endpointSid}`
}
