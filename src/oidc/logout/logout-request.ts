// Checks a logout request of an app (OpenID Connect RP-Initiated Logout 1.0 §2). It ends nothing.
import { findClient } from '../../clients/store.ts'
import type { Client } from '../../clients/client.ts'
import type { Database } from '../../platform/db/client.ts'
import { isSid } from '../../ids.ts'
import { verifyOwnToken } from '../signing-keys/signing-keys.ts'

/** Longer than any ID token of ours. */
const MAX_HINT = 8192
const MAX_STATE = 2048

export type LogoutCode = 'client_unknown' | 'id_token_hint' | 'post_logout_redirect_uri'

export type LogoutRequest = {
  /** The app that asks; undefined: the request names none. */
  client: Client | undefined
  /** The session and user of the ID token, which may have expired. */
  hint: { sid: string; sub: string } | undefined
  /** The `post_logout_redirect_uri`, registered for the client, with `state`. */
  appURL: string | undefined
}

/**
 * Refuses `id_token_hint` (not our ID token, or another client's than `client_id`),
 * `client_unknown` (not registered, or disabled) and `post_logout_redirect_uri` (not registered for
 * the client). Without a client, the browser is redirected nowhere.
 */
export async function judgeLogout(
  db: Database,
  issuer: string,
  parameters: URLSearchParams,
): Promise<LogoutRequest | LogoutCode> {
  const clientID = single(parameters, 'client_id')
  const token = single(parameters, 'id_token_hint')
  const uri = single(parameters, 'post_logout_redirect_uri')
  if (clientID === null) return 'client_unknown'
  if (token === null || (token && token.length > MAX_HINT)) return 'id_token_hint'
  const claims = token ? await verifyOwnToken(db, issuer, token) : undefined
  const { sub, sid, aud } = claims ?? {}
  if (token && (typeof sub !== 'string' || typeof sid !== 'string' || typeof aud !== 'string'))
    return 'id_token_hint'
  if (token && clientID && clientID !== aud) return 'id_token_hint'
  const clientSid = clientID || (aud as string | undefined)
  const client = clientSid && isSid(clientSid, 'CL') ? await findClient(db, clientSid) : undefined
  if (clientSid && (!client || client.disabledAt !== null)) return 'client_unknown'
  if (uri === null || (uri && client && !client.postLogoutRedirectURIs.includes(uri)))
    return 'post_logout_redirect_uri'
  return {
    client,
    hint: token ? { sid: sid as string, sub: sub! } : undefined,
    appURL: uri && client ? withState(uri, single(parameters, 'state')) : undefined,
  }
}

/** Null if the parameter is repeated: none of its values can be trusted. */
function single(parameters: URLSearchParams, name: string): string | null | undefined {
  const values = parameters.getAll(name)
  return values.length > 1 ? null : values[0]
}

function withState(uri: string, state: string | null | undefined): string {
  if (!state || state.length > MAX_STATE) return uri
  // Appended to the registered bytes, which may already contain a query.
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}
