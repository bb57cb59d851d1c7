// RelayState: an opaque handle for the IdP, the login it belongs to for us. In KV, for ten minutes. Nothing that must
// happen once may depend on it: the ledger in D1 does that.
import * as z from 'zod/mini'
import { createSecret, isSecret } from '../platform/secret.ts'

/** How long a login may take at the IdP. */
export const RELAY_STATE_SECONDS = 600

const relayStateSchema = z.object({
  connectionSid: z.string(),
  revision: z.number(),
  requestID: z.string(),
  returnTo: z.string(),
  /** SHA-256 of the browser's login cookie. */
  browserHash: z.string(),
  /** When the request was made, milliseconds since 1970. */
  createdAt: z.number(),
  forceAuthn: z.boolean(),
  /** A test is judged like a login and signs nobody in. Absent from what was put before there were tests: a login. */
  purpose: z.optional(z.enum(['login', 'test'])),
})
export type RelayState = z.infer<typeof relayStateSchema>

/** Returns the handle: 43 characters, of the 80 bytes that SAML Bindings §3.4.3 allows. */
export async function putRelayState(kv: KVNamespace, state: RelayState): Promise<string> {
  const handle = createSecret()
  await kv.put(handle, JSON.stringify(state), { expirationTtl: RELAY_STATE_SECONDS })
  return handle
}

/** Undefined for what is no handle, has expired, or has not arrived here yet. */
export async function findRelayState(
  kv: KVNamespace,
  handle: string,
): Promise<RelayState | undefined> {
  if (!isSecret(handle)) return undefined
  const state = relayStateSchema.safeParse(await kv.get(handle, 'json'))
  return state.success ? state.data : undefined
}
