// Client authentication at our endpoints (RFC 6749 §2.3). Pure: reads the credentials. The query
// that finds the client's row compares the secret.
import { decodeBase64 } from '../base64.ts'
import { isSid } from '../ids.ts'

/** `secret` is null for a public client, which has none. */
export type Credentials = { clientSid: string; secret: string | null }

/** A string is the error. `form` is the body; RFC 6749 §2.3.1 forbids credentials in the query. */
export function readCredentials(
  authorization: string | undefined,
  form: URLSearchParams,
): Credentials | 'invalid_request' | 'invalid_client' {
  // An empty parameter counts as omitted (RFC 6749 §3.2).
  const [clientSid, secret] = [form.get('client_id') || null, form.get('client_secret') || null]
  if (authorization !== undefined) {
    // RFC 6749 §2.3: one method for each request.
    if (secret !== null) return 'invalid_request'
    const pair = readBasic(authorization)
    if (!pair || !isSid(pair[0], 'CL')) return 'invalid_client'
    if (clientSid !== null && clientSid !== pair[0]) return 'invalid_request'
    return { clientSid: pair[0], secret: pair[1] }
  }
  if (clientSid === null || !isSid(clientSid, 'CL')) return 'invalid_client'
  return { clientSid, secret }
}

/** Both halves are form-encoded before they are joined (RFC 6749 §2.3.1). */
function readBasic(authorization: string): [string, string] | undefined {
  const [, base64] = /^basic ([A-Za-z0-9+/=]{1,1024})$/i.exec(authorization) ?? []
  const bytes = base64 && decodeBase64(base64)
  const [, ...halves] = /^([^:]*):(.*)$/s.exec(bytes ? new TextDecoder().decode(bytes) : '') ?? []
  try {
    const [id, secret] = halves.map((half) => decodeURIComponent(half.replaceAll('+', ' ')))
    return id && secret ? [id, secret] : undefined
  } catch {
    return undefined
  }
}
