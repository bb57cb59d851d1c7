// Where a login may lead, and where one ends that began at an IdP: with the apps that are
// registered.
import { initiateLoginURL } from '../clients/client.ts'
import { findClientByOrigin, findDefaultClient, isReturnOrigin } from '../clients/store.ts'
import type { Database } from '../platform/db/client.ts'
import type { Config } from '../env.ts'
import { parseReturnTo } from './return-to.ts'

type KnownOrigins = Pick<Config, 'origin' | 'returnOrigins'>

/**
 * The absolute URL of a return target that may be followed, or undefined. Reads one row, where the
 * target is absolute and the deployment's own list does not have its origin.
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
 * Where a login ends that began at the IdP, by its RelayState: at the app whose origin that has,
 * which is told of it and asks us for an authorization of its own (OpenID Connect Core 1.0 §4);
 * else where it may return to; where it names nothing of ours, at the default app; where there is
 * none, at our own page. No `login_hint`: the session that the app finds says who it is.
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

/** Of an absolute target. */
function originOf(target: string): string | undefined {
  return URL.canParse(target) ? new URL(target).origin : undefined
}
