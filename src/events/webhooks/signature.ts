// Signs messages by Standard Webhooks 1.0: an HMAC with SHA-256 over ID, time and body.
import { encodeBase64 } from '../../base64.ts'
import { bytesOfSecret } from './secret.ts'

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const

export type WebhookMessage = {
  /** The same at every attempt: receivers recognize a repeated message by it. */
  id: string
  /** Of this attempt, milliseconds since 1970. */
  sentAt: number
  body: string
}

/**
 * The headers of a message. While a secret is being replaced there are two: the message has a
 * signature of each. Throws a TypeError for a text that is no secret.
 */
export async function signedHeaders(
  secrets: readonly string[],
  { id, sentAt, body }: WebhookMessage,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(sentAt / 1000))
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const signatures = await Promise.all(secrets.map((secret) => signatureOf(secret, content)))
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}

async function signatureOf(secret: string, content: Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = bytesOfSecret(secret)
  if (!bytes) throw new TypeError('not a secret of a webhook endpoint')
  const key = await crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign'])
  return `v1,${encodeBase64(new Uint8Array(await crypto.subtle.sign('HMAC', key, content)))}`
}
