// The headers of every response, and the nonce of the page in it.
import { hasLocalOrigin } from '../../env.ts'
import { encodeBase64 } from '../../base64.ts'
import type { AppContext } from './http.ts'

const STRICT_TRANSPORT_SECURITY = 'strict-transport-security'

const HEADERS = Object.entries({
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  // Paths can hold one-time codes: other sites see the origin at most.
  'referrer-policy': 'strict-origin',
  [STRICT_TRANSPORT_SECURITY]: 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  // No Cross-Origin-Opener-Policy: an app may open a window for the login and wait for it.
})

/**
 * The sources of form-action for a form that leads to a URL; the policy applies to redirects after
 * the POST too. CSP knows no IPv6 addresses, so for `http://[::1]` it is the scheme.
 */
export function formActionTo(url: string): string {
  const { origin, protocol, hostname } = new URL(url)
  return `${hostname.startsWith('[') ? protocol : origin} https:`
}

/** Of this response's scripts and styles. Most responses of a login have neither. */
export function nonceOf(c: AppContext): string {
  const known = c.get('nonce')
  if (known) return known
  const nonce = encodeBase64(crypto.getRandomValues(new Uint8Array(16)))
  c.set('nonce', nonce)
  return nonce
}

/** Middleware. Written after the handler has run, which alone knows its page. */
export async function setSecurityHeaders(c: AppContext, next: () => Promise<void>): Promise<void> {
  await next()
  const { headers } = c.res
  for (const [name, value] of HEADERS) headers.set(name, value)
  // It counts for all ports of a host: an app on http://localhost would be gone for a year.
  if (hasLocalOrigin(c.env)) headers.delete(STRICT_TRANSPORT_SECURITY)
  const isMail = c.get('mailPreview') === 'mail'
  if (isMail) {
    headers.set('x-frame-options', 'SAMEORIGIN')
    // A sandbox has an origin of its own: Chromium warns of a page that asks for it again.
    headers.delete('origin-agent-cluster')
  }
  headers.set('content-security-policy', isMail ? MAIL_POLICY : policyOf(c))
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}

/** A mail as a mail program shows it: styles alone, no script, nothing from any origin. */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'sandbox',
  "form-action 'none'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
].join('; ')

function policyOf(c: AppContext): string {
  const nonce = c.get('nonce')
  const source = c.get('hasOwnFiles') ? "'self'" : nonce && `'nonce-${nonce}'`
  return [
    "default-src 'none'",
    ...(source ? [`style-src ${source}`, `script-src ${source}`] : []),
    `form-action ${c.get('formAction') ?? "'self'"}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ...(c.get('mailPreview') ? ["frame-src 'self'"] : []),
    ...(c.get('isLive') ? ["connect-src 'self'"] : []),
  ].join('; ')
}
