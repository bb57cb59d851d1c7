// What Gatepost says when a session is over (OpenID Connect Back-Channel Logout 1.0 §2.6), for the apps of this folder and of docs/apps.md.
// docs: settings
import { createRemoteJWKSet, jwtVerify } from 'jose'

const { ISSUER, CLIENT_ID } = process.env
const keys = createRemoteJWKSet(new URL(`${ISSUER}/oauth2/jwks`))

// In real life a table: all processes of the app have to know, for as long as its sessions last.
const ended = new Set()

/** POST /backchannel-logout, whose form has the `logout_token`. Throws where Gatepost has not said so. */
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

/** Whether the session is over that an ID token names by its `sid`. */
export const hasEnded = (sid) => ended.has(sid)
// docs: end
