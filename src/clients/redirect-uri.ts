// Whether a redirect URI is registered: byte for byte, but for the port of an app on the user's
// device (RFC 8252 §7.3 and §8.3). Pure; the statement that writes a grant says the same in SQL.
import type { Client } from './client.ts'

type Registration = Pick<Client, 'clientType' | 'redirectURIs'>

/** The origin without a port, and what follows the port. */
export type LoopbackURI = { origin: string; rest: string }

const LOOPBACK = /^(?<origin>http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?<rest>(?:[/?].*)?)$/s

/**
 * A URI whose port is free: `localhost` is not one, because another app may listen on that name
 * (RFC 8252 §8.3). Undefined for other URIs.
 */
export function readLoopback(uri: string): LoopbackURI | undefined {
  const { origin, rest } = LOOPBACK.exec(uri)?.groups ?? {}
  return origin !== undefined && rest !== undefined && URL.canParse(uri)
    ? { origin, rest }
    : undefined
}

export function isRegistered({ clientType, redirectURIs }: Registration, uri: string): boolean {
  if (redirectURIs.includes(uri)) return true
  const asked = clientType === 'public' ? readLoopback(uri) : undefined
  return redirectURIs.some((registered) => {
    const { origin, rest } = readLoopback(registered) ?? {}
    return asked !== undefined && origin === asked.origin && rest === asked.rest
  })
}
