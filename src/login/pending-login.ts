// A login that is under way, as its browser keeps it: sealed, and bound to its purpose and name.
import { decodeBase64url, encodeBase64url } from '../base64.ts'
import { sealBytes, unsealBytes } from '../platform/seal.ts'
import type { LoginRequest } from './handle.ts'
import type { LoginKeyRing } from './login-keys.ts'
import type { WantedAuthentication } from './pending-request.ts'

export type PendingLogin = {
  connectionSid: string
  /** Where the login leads. Null: too long for a cookie, so KV keeps it. */
  returnTo: string | null
  /** The app whose request `returnTo` was, if KV keeps it. */
  clientSid?: string | undefined
  loginHint?: string | undefined
  /** What the app wants of the authentication at the IdP. */
  authentication?: WantedAuthentication | undefined
  /** The session that the login has opened. */
  sessionSid?: string | undefined
}

/**
 * `kept` is what KV keeps because it does not fit a cookie. `repeated` is what the ACS says of a
 * message that was answered before. `tested` names the attempt that a test has ended with.
 */
type Sealed = LoginRequest['purpose'] | 'kept' | 'repeated' | 'tested'

/** base64url. */
export function sealLogin(
  ring: LoginKeyRing,
  purpose: LoginRequest['purpose'],
  name: string,
  login: PendingLogin,
): Promise<string> {
  return sealText(ring, purpose, name, JSON.stringify(login))
}

/** Undefined: of another purpose or login, or not sealed by us. */
export async function openLogin(
  ring: LoginKeyRing,
  purpose: LoginRequest['purpose'],
  name: string,
  sealed: string,
): Promise<PendingLogin | undefined> {
  const text = await openText(ring, purpose, name, sealed)
  return text === undefined ? undefined : (JSON.parse(text) as PendingLogin)
}

export async function sealText(
  [keys]: LoginKeyRing,
  purpose: Sealed,
  name: string,
  text: string,
): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  return encodeBase64url(await sealBytes(keys.sealing, contextOf(purpose, name), bytes))
}

export async function openText(
  ring: LoginKeyRing,
  purpose: Sealed,
  name: string,
  sealed: string,
): Promise<string | undefined> {
  const bytes = decodeBase64url(sealed)
  if (!bytes) return undefined
  for (const { sealing } of ring) {
    const opened = await unsealBytes(sealing, contextOf(purpose, name), bytes)
    if (opened) return new TextDecoder().decode(opened)
  }
  return undefined
}

function contextOf(purpose: Sealed, name: string): string {
  return `gatepost login 1 ${purpose} ${name}`
}
