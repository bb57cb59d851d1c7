// A request to sign somebody out, judged (OpenID Connect RP-Initiated Logout 1.0 §2). It ends
// nothing.
import { findClient } from '../../clients/store.ts'
import type { Client } from '../../clients/client.ts'
import type { Database } from '../../platform/db/client.ts'
import { isSid } from '../../ids.ts'
import { verifyOwnToken } from '../signing-keys/signing-keys.ts'

/** As long as what an ID token of ours needs, and more. */
const MAX_HINT = 8192
const MAX_STATE = 2048

export type LogoutCode = 'client_unknown' | 'id_token_hint' | 'post_logout_redirect_uri'

export type LogoutRequest = {
  /** The app that asks; undefined where nobody says which it is. */
  client: Client | undefined
  /** Whom it asks for, by an ID token of ours, which may have expired. */
  hint: { sid: string; sub: string } | undefined
  /** Where it wants the browser back, with its `state`: one of its own. */
  appURL: string | undefined
}

/**
 * `id_token_hint`: no ID token of ours, or one of another client than `client_id`.
 * `client_unknown`: none that is registered and not disabled. `post_logout_redirect_uri`: not one
 * of the client's, exactly. Without a client nobody is sent anywhere.
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

/** Null where it comes twice: nobody can know which is meant. */
function single(parameters: URLSearchParams, name: string): string | null | undefined {
  const values = parameters.getAll(name)
  return values.length > 1 ? null : values[0]
}

function withState(uri: string, state: string | null | undefined): string {
  if (!state || state.length > MAX_STATE) return uri
  // As it is registered, byte for byte: it may have a query of its own.
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}
