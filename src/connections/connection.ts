// A connection as a login needs it: one row of trust, and the addresses that are ours. Pure.
import type { tenants } from '../directory/tenants/tables.ts'
import type { connections } from './tables.ts'
import type { ProductCode } from '../errors.ts'
import { standingReason } from './standing.ts'
import type { StoredKey } from '../saml/signature/certificate.ts'
import type { Binding } from '../saml/names.ts'
import { isEndpoint } from '../endpoint.ts'

type TenantColumn =
  'name' | 'plan' | 'supportContact' | 'productName' | 'accentColor' | 'helpURL' | 'suspendedAt'

/** Everything a login may trust, read in one go. */
export type Connection = typeof connections.$inferSelect & {
  tenant: Pick<typeof tenants.$inferSelect, TenantColumn>
  certificates: StoredKey[]
}

/** Our side of a connection. It never changes while the connection lives. */
export function ourSide(
  origin: string,
  connectionSid: string,
): { entityID: string; acsURL: string } {
  const base = `${origin}/saml/${connectionSid}`
  return { entityID: `${base}/metadata`, acsURL: `${base}/acs` }
}

/**
 * The error that a login through the connection ends with now, or undefined. The synthetic login is
 * a test: its connection takes nothing else.
 */
export function closedBecause(
  connection: Connection,
  purpose: 'login' | 'test' = 'login',
): ProductCode | undefined {
  const reason = standingReason(connection)
  if (reason === 'probe_only' && purpose === 'test') return undefined
  // Which of the two is suspended is the vendor's business.
  return reason === 'tenant_suspended' ? 'connection_suspended' : (reason ?? undefined)
}

/**
 * Where AuthnRequests go: by the preferred binding where the IdP offers it. http only where
 * `allowHttp`.
 */
export function ssoEndpoint(
  connection: Connection,
  allowHttp: boolean,
): { binding: Binding; location: string } | undefined {
  const offered = {
    'HTTP-Redirect': connection.ssoRedirectURL,
    'HTTP-POST': connection.ssoPostURL,
  } as const
  const other = connection.requestBinding === 'HTTP-POST' ? 'HTTP-Redirect' : 'HTTP-POST'
  for (const binding of [connection.requestBinding, other] as const) {
    const location = offered[binding]
    if (location && isEndpoint(location, allowHttp)) return { binding, location }
  }
  return undefined
}
