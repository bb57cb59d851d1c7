// Which `return_to` a login may lead to, and where a login ends that began at the IdP.
import { initiateLoginURL } from '../clients/client.ts'
import { findClientByOrigin, findDefaultClient, isReturnOrigin } from '../clients/store.ts'
import type { Config } from '../env.ts'
import type { Database } from '../platform/db/client.ts'

const MAX_LENGTH = 2048
/** Our own paths may be longer: one of them carries a whole authorization request. */
const MAX_PATH_LENGTH = 6144

/**
 * The absolute URL of a `return_to`, or undefined if the login may not lead there. A path stays on
 * `origin`; an absolute URL must be http(s) and have exactly one of `allowedOrigins`. Pure.
 */
function parseReturnTo(
  target: string,
  origin: string,
  allowedOrigins: readonly string[],
): string | undefined {
  const isPath = /^\/(?!\/)/.test(target)
  if (target.length > (isPath ? MAX_PATH_LENGTH : MAX_LENGTH)) return undefined
  // Browsers disagree on backslashes and control characters, and no target needs them.
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(target)) return undefined
  if (!isPath && !/^https?:\/\/[^/]/i.test(target)) return undefined
  if (!URL.canParse(target, origin)) return undefined
  const url = new URL(target, origin)
  if (url.username !== '' || url.password !== '') return undefined
  const allowed = isPath ? [origin] : allowedOrigins
  return allowed.includes(url.origin) ? url.href : undefined
}

type KnownOrigins = Pick<Config, 'origin' | 'returnOrigins'>

/**
 * The absolute URL of a `return_to`, or undefined if the login may not lead there. Reads one row if
 * the target is absolute and the deployment’s own list does not contain its origin.
 */
export async function findReturnTo(
  db: Database,
  { origin, returnOrigins }: KnownOrigins,
  target: string,
): Promise<string | undefined> {
  const known = parseReturnTo(target, origin, returnOrigins)
  if (known !== undefined) return known
  const app = originOf(target)
  if (app === undefined) return undefined
  const url = parseReturnTo(target, origin, [app])
  return url !== undefined && (await isReturnOrigin(db, app)) ? url : undefined
}

/**
 * The URL at which an IdP-initiated login ends, chosen by its RelayState, in this order:
 * 1. the `initiate_login_uri` of the client with its origin, which then sends an authorization
 *    request of its own (OpenID Connect Core 1.0 §4);
 * 2. the RelayState itself, if a login may lead there;
 * 3. the `initiate_login_uri` of the default client;
 * 4. our own page.
 * No `login_hint` is sent: the session already names the user.
 */
export async function findIdpInitiatedReturnTo(
  db: Database,
  { origin, returnOrigins }: KnownOrigins,
  relayState: string,
): Promise<string> {
  const app = originOf(relayState)
  const target = parseReturnTo(relayState, origin, app === undefined ? [] : [...returnOrigins, app])
  const client = target !== undefined && app && (await findClientByOrigin(db, app))
  if (client) return initiateLoginURL(client, origin, target) ?? target
  const known = parseReturnTo(relayState, origin, returnOrigins)
  if (known !== undefined) return known
  const fallback = await findDefaultClient(db)
  return (fallback && initiateLoginURL(fallback, origin)) ?? `${origin}/`
}

function originOf(target: string): string | undefined {
  return URL.canParse(target) ? new URL(target).origin : undefined
}
