// Begins a login: turns a connection and `return_to` into an AuthnRequest for the IdP.
import { presetOf } from '../connections/presets/presets.ts'
import { ourSide, ssoEndpoint, type Connection } from '../connections/connection.ts'
import { closedFor } from './admin-login.ts'
import type { Config } from '../env.ts'
import type { ProductCode } from '../errors.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { renderAuthnRequest } from '../saml/authn-request.ts'
import { encodePost, encodeRedirect } from '../saml/bindings.ts'
import { createHandle, type LoginPurpose } from './handle.ts'
import { addLoginHint } from './login-hint.ts'
import { openLoginKeys } from './login-keys.ts'
import type { WantedAuthentication } from './pending-request.ts'

/** How the browser carries the request to the IdP. */
export type OutgoingRequest =
  | { binding: 'HTTP-Redirect'; url: string }
  | { binding: 'HTTP-POST'; action: string; fields: Record<string, string> }

/**
 * Creates the request and names the login. A string says why the connection takes no logins. Writes
 * nothing.
 */
export async function beginLogin(
  config: Config,
  connection: Connection,
  keys: Pick<KeyRing, 'signingKey'>,
  login: {
    purpose: LoginPurpose
    /** The e-mail that was entered: a hint for the IdP, trusted for nothing. */
    loginHint?: string | undefined
    /** What the app or the person wants, even if the connection does not. */
    authentication: WantedAuthentication
    now: number
  },
): Promise<(OutgoingRequest & { name: string }) | ProductCode> {
  const closed = closedFor(connection, login.purpose)
  if (closed) return closed
  const endpoint = ssoEndpoint(connection, config.isLocal)
  if (!endpoint)
    return connection.idpInitiated === 'accept' ? 'start_at_idp' : 'connection_not_ready'

  const { purpose, authentication, now } = login
  const mustBeNew = connection.forceAuthn || authentication === 'new'
  const signingKey = connection.signRequests ? await keys.signingKey() : undefined
  const ring = await openLoginKeys(config.loginSecrets)
  const asked = { revision: connection.revision, forceAuthn: mustBeNew, purpose, now }
  const begun = await createHandle(ring, connection.sid, asked)
  const { name, requestID: ID, handle: relayState } = begun
  const { entityID, acsURL } = ourSide(config.origin, connection.sid)
  const xml = renderAuthnRequest({
    ID,
    issueInstant: now,
    destination: endpoint.location,
    spEntityID: entityID,
    acsURL,
    nameIDFormat: connection.nameIDFormat ?? undefined,
    forceAuthn: mustBeNew || authentication === 'recent',
    requestedAuthnContext: connection.requestedAuthnContext ?? undefined,
  })
  const suggest = (url: string) => addLoginHint(url, presetOf(connection).id, login.loginHint)
  if (endpoint.binding === 'HTTP-POST') {
    const fields = await encodePost({ ID, xml, relayState }, signingKey)
    return { name, binding: 'HTTP-POST', action: suggest(endpoint.location), fields }
  }
  const url = await encodeRedirect({ destination: endpoint.location, xml, relayState }, signingKey)
  return { name, binding: 'HTTP-Redirect', url: suggest(url) }
}
