// What Gatepost says when a session is over (OpenID Connect Back-Channel Logout 1.0 §2.6), for the
// apps of this folder and of docs/apps.md. docs: settings
import { createRemoteJWKSet, jwtVerify } from 'jose'

const { ISSUER, CLIENT_ID } = process.env
const keys = createRemoteJWKSet(new URL(`${ISSUER}/oauth2/jwks`))

// Use a table in production: each process of the app must know, as long as its sessions last.
const ended = new Set()

/** For POST /backchannel-logout with the form field `logout_token`. Throws if it is not valid. */
export async function endSession(logoutToken) {
  const { payload } = await jwtVerify(logoutToken, keys, {
    issuer: ISSUER,
    audience: CLIENT_ID,
    typ: 'logout+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['exp', 'sid'],
  })
  ended.add(payload.sid)
}

/** Whether the session that an ID token names by its `sid` has ended. */
export const hasEnded = (sid) => ended.has(sid)
// docs: end
