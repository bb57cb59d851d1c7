// The claims of logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4), and their retries.
// Pure.

import { HOUR, MINUTE } from '../../durations.ts'

/** The header `typ`, so that no client confuses it with another JWT (RFC 8725 §3.11). */
export const TYPE = 'logout+jwt'
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
/** The lifetime of a token. Each try makes a new one. */
const TOKEN_SECONDS = 120

/** The wait after each failure. After the last one, the delivery is dead. */
const WAITS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 24 * HOUR]

/**
 * Each try has a new `jti`: if an answer was lost, the client must not refuse the next try as a
 * replay. A `nonce` is forbidden. Without a session, `sub` means all sessions of the user at the
 * client (§2.4).
 */
export function logoutTokenClaims(
  {
    clientSid,
    sessionSid,
    userSid,
  }: { clientSid: string; sessionSid: string | null; userSid: string },
  { issuer, now }: { issuer: string; now: number },
) {
  const iat = Math.floor(now / 1000)
  return {
    iss: issuer,
    sub: userSid,
    aud: clientSid,
    iat,
    exp: iat + TOKEN_SECONDS,
    jti: crypto.randomUUID(),
    ...(sessionSid !== null && { sid: sessionSid }),
    events: { [EVENT]: {} },
  }
}

/** The time of the next try; null: the delivery is given up. */
export function nextTry(tries: number, now: number): number | null {
  const wait = WAITS[tries - 1]
  return wait === undefined ? null : now + wait
}
