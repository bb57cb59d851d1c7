// Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4), and when one is tried again. Pure.

/** In the header of the token: it can be taken for no other JWT (RFC 8725 §3.11). */
export const TYPE = 'logout+jwt'
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
/** From when it is sent: each try makes a new one. */
const TOKEN_SECONDS = 120

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** After the first failure, after the second, …: after the last of them it is given up. */
const WAITS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 24 * HOUR]

/**
 * Of a session and its user. Each has a `jti` of its own: a client whose answer was lost must not
 * take the next try for a replay. There is no `nonce`, on purpose (§2.4).
 */
export function logoutTokenClaims(
  { clientSid, sessionSid, userSid }: { clientSid: string; sessionSid: string; userSid: string },
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
    sid: sessionSid,
    events: { [EVENT]: {} },
  }
}

/** When it is tried again after so many tries; null: not any more. */
export function nextTry(tries: number, now: number): number | null {
  const wait = WAITS[tries - 1]
  return wait === undefined ? null : now + wait
}
