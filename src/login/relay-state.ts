// RelayState: the IdP gets an opaque handle, KV keeps the login of the handle for ten minutes. KV
// is eventually consistent, so replay protection must not depend on it: the ledger in D1 does that.
import type { KeyValueStore } from '../platform/kv/kv.ts'
import { createSecret, isSecret } from '../platform/secret.ts'

/** How long a login may take at the IdP. */
export const RELAY_STATE_SECONDS = 600

export type RelayState = {
  connectionSid: string
  revision: number
  requestID: string
  returnTo: string
  /** SHA-256 of the browser's login cookie. */
  browserHash: string
  /** When the request was made, milliseconds since 1970. */
  createdAt: number
  /** True: an authentication from before the request is refused. */
  forceAuthn: boolean
  /** A test is verified like a login and signs no one in. */
  purpose?: 'login' | 'test' | undefined
}

/** Returns the handle: 43 characters (SAML Bindings §3.4.3 allows 80 bytes). */
export async function putRelayState(kv: KeyValueStore, state: RelayState): Promise<string> {
  const handle = createSecret()
  await kv.put(handle, state, RELAY_STATE_SECONDS)
  return handle
}

/** Undefined if the text is no handle, or KV does not have it: expired, or not arrived here yet. */
export async function findRelayState(
  kv: KeyValueStore,
  handle: string,
): Promise<RelayState | undefined> {
  if (!isSecret(handle)) return undefined
  return readRelayState(await kv.get(handle))
}

function readRelayState(value: unknown): RelayState | undefined {
  const { connectionSid, revision, requestID, returnTo, browserHash, createdAt, ...rest } =
    (value ?? {}) as Partial<Record<keyof RelayState, unknown>>
  const { forceAuthn, purpose } = rest
  if (typeof connectionSid !== 'string' || typeof revision !== 'number') return undefined
  if (typeof requestID !== 'string' || typeof returnTo !== 'string') return undefined
  if (typeof browserHash !== 'string' || typeof createdAt !== 'number') return undefined
  if (typeof forceAuthn !== 'boolean') return undefined
  if (purpose !== undefined && purpose !== 'login' && purpose !== 'test') return undefined
  const fields = { connectionSid, revision, requestID, returnTo, browserHash, createdAt }
  return { ...fields, forceAuthn, purpose }
}
