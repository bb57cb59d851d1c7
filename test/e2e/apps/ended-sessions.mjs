// What Gatepost says when a session is over (OpenID Connect Back-Channel Logout 1.0 §2.6), for the
// apps of this folder and of docs/apps.md. docs: settings
import { createRemoteJWKSet, jwtVerify } from 'jose'

const { ISSUER, CLIENT_ID } = process.env
const keys = createRemoteJWKSet(new URL(`${ISSUER}/oauth2/jwks`))

// Use a table in production: each process of the app must know, as long as its sessions last.
const endedSessions = new Set()
/** When all sessions of a person ended, in seconds, by `sub`. */
const endedPeople = new Map()

/** For POST /backchannel-logout with the form field `logout_token`. Throws if it is not valid. */
export async function endSession(logoutToken) {
  const { payload } = await jwtVerify(logoutToken, keys, {
    issuer: ISSUER,
    audience: CLIENT_ID,
    typ: 'logout+jwt',
    algorithms: ['RS256'],
    requiredClaims: ['exp', 'iat', 'sub'],
  })
  const { sub, sid, iat } = payload
  // Without a `sid` it means all sessions of the person that have begun until then.
  if (sid !== undefined) endedSessions.add(sid)
  else endedPeople.set(sub, Math.max(iat, endedPeople.get(sub) ?? 0))
}

/** Whether the session has ended that began with an ID token. Keep these three claims of it. */
export const hasEnded = ({ sub, sid, iat }) => endedSessions.has(sid) || iat <= endedPeople.get(sub)
// docs: end
