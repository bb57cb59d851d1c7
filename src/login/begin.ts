// Begins a login: turns a connection and `return_to` into an AuthnRequest for the IdP.
import { presetOf } from '../connections/presets/presets.ts'
import { closedBecause, ourSide, ssoEndpoint, type Connection } from '../connections/connection.ts'
import type { Config } from '../env.ts'
import type { ProductCode } from '../errors.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { renderAuthnRequest } from '../saml/authn-request.ts'
import { encodePost, encodeRedirect } from '../saml/bindings.ts'
import type { KeyValueStore } from '../platform/kv/kv.ts'
import { createSecret } from '../platform/secret.ts'
import type { WantedAuthentication } from './pending-request.ts'
import { addLoginHint } from './login-hint.ts'
import { putRelayState } from './relay-state.ts'

/** How the browser carries the request to the IdP. */
export type OutgoingRequest =
  | { binding: 'HTTP-Redirect'; url: string }
  | { binding: 'HTTP-POST'; action: string; fields: Record<string, string> }

/**
 * Stores RelayState (one KV write) and creates the request. `returnTo` has been checked;
 * `browserHash` is the hash of the login cookie. A string says why the connection takes no logins.
 */
export async function beginLogin(
  kv: KeyValueStore,
  config: Config,
  connection: Connection,
  keys: Pick<KeyRing, 'signingKey'>,
  login: {
    returnTo: string
    browserHash: string
    purpose: 'login' | 'test'
    /** The e-mail that was entered: a hint for the IdP, trusted for nothing. */
    loginHint?: string | undefined
    /** What the app wants, even if the connection does not. */
    authentication?: WantedAuthentication
    now: number
  },
): Promise<OutgoingRequest | ProductCode> {
  const closed = closedBecause(connection)
  if (closed) return closed
  const endpoint = ssoEndpoint(connection, config.isLocal)
  if (!endpoint) return 'connection_not_ready'

  const { authentication = 'any' } = login
  const mustBeNew = connection.forceAuthn || authentication === 'new'
  const signingKey = connection.signRequests ? await keys.signingKey() : undefined
  // An NCName may not begin with a digit or a hyphen.
  const requestID = `_${createSecret()}`
  const relayState = await putRelayState(kv, {
    connectionSid: connection.sid,
    revision: connection.revision,
    requestID,
    returnTo: login.returnTo,
    browserHash: login.browserHash,
    createdAt: login.now,
    forceAuthn: mustBeNew,
    purpose: login.purpose,
  })
  const { entityID, acsURL } = ourSide(config.origin, connection.sid)
  const xml = renderAuthnRequest({
    ID: requestID,
    issueInstant: login.now,
    destination: endpoint.location,
    spEntityID: entityID,
    acsURL,
    nameIDFormat: connection.nameIDFormat ?? undefined,
    forceAuthn: mustBeNew || authentication === 'recent',
    requestedAuthnContext: connection.requestedAuthnContext ?? undefined,
  })
  const suggest = (url: string) => addLoginHint(url, presetOf(connection).id, login.loginHint)
  if (endpoint.binding === 'HTTP-POST') {
    const fields = await encodePost({ ID: requestID, xml, relayState }, signingKey)
    return { binding: 'HTTP-POST', action: suggest(endpoint.location), fields }
  }
  const url = await encodeRedirect({ destination: endpoint.location, xml, relayState }, signingKey)
  return { binding: 'HTTP-Redirect', url: suggest(url) }
}
