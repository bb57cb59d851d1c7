// Sends an AuthnRequest through the browser: HTTP-Redirect (SAML Bindings §3.4) and HTTP-POST
// (§3.5).
import { encodeBase64 } from '../base64.ts'
import { RSA_SHA256 } from './names.ts'

/** Our RSA key for RSASSA-PKCS1-v1_5 with SHA-256; its certificate as DER in base64. */
export type SigningKey = { key: CryptoKey; certificate: string | null }

/**
 * The URL to redirect to. The request is deflated; with a key the query is signed over
 * `SAMLRequest`, `RelayState` and `SigAlg` as they stand in it (§3.4.4.1). `relayState` is at most
 * 80 bytes (§3.4.3).
 */
export async function encodeRedirect(
  request: { destination: string; xml: string; relayState: string },
  signingKey?: SigningKey,
): Promise<string> {
  // encodeURIComponent writes upper-case escapes and %20: an IdP that decodes and encodes again
  // gets the same octets.
  const parameters = [
    `SAMLRequest=${encodeURIComponent(encodeBase64(await deflate(request.xml)))}`,
    `RelayState=${encodeURIComponent(request.relayState)}`,
  ]
  if (signingKey) {
    parameters.push(`SigAlg=${encodeURIComponent(RSA_SHA256)}`)
    const signed = new TextEncoder().encode(parameters.join('&'))
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', signingKey.key, signed)
    parameters.push(`Signature=${encodeURIComponent(encodeBase64(new Uint8Array(signature)))}`)
  }
  const [base] = request.destination.split('#') as [string]
  return `${base}${base.includes('?') ? '&' : '?'}${parameters.join('&')}`
}

/**
 * The fields of the form to post to the IdP (§3.5.4). With a key the request gets an enveloped
 * signature (§3.5.5.2).
 */
export async function encodePost(
  request: { ID: string; xml: string; relayState: string },
  signingKey?: SigningKey,
): Promise<Record<'SAMLRequest' | 'RelayState', string>> {
  let message = request.xml
  if (signingKey) {
    const { signEnveloped } = await import('./signature/sign-enveloped.ts')
    message = await signEnveloped(request.xml, request.ID, signingKey)
  }
  return {
    SAMLRequest: encodeBase64(new TextEncoder().encode(message)),
    RelayState: request.relayState,
  }
}

async function deflate(text: string): Promise<Uint8Array> {
  const { readable, writable } = new CompressionStream('deflate-raw')
  const writer = writable.getWriter()
  const written = writer.write(new TextEncoder().encode(text)).then(() => writer.close())
  const [compressed] = await Promise.all([new Response(readable).arrayBuffer(), written])
  return new Uint8Array(compressed)
}
