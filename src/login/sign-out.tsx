// Sign-out: ends our session first, then sends the browser to the tenant's logout URL or to the
// app.
import { openDatabase } from '../platform/db/client.ts'
import { isEndpoint } from '../endpoint.ts'
import { endSession, type EndedSession } from '../sessions/store/session.ts'
import type { AppContext } from '../platform/http/http.ts'
import { nonceOf } from '../platform/http/security-headers.ts'
import { clearSession, sessionKeys } from './cookies.ts'
import { SignedOutInPartPage, SignedOutPage } from './pages.tsx'
import { postElsewhere } from './post-elsewhere.tsx'

/**
 * Ends this browser's sessions. Their logout tokens are sent after the response. The browser is
 * signed out in any case: somebody else may use it next.
 */
export async function signOut(c: AppContext): Promise<EndedSession | undefined> {
  const [key, ...earlier] = await sessionKeys(c)
  const ended = key ? await endSession(openDatabase(c.env.DB), key, Date.now(), earlier) : undefined
  if (ended?.hasEnded) c.var.afterResponse.add('send_logout_tokens')
  clearSession(c)
  return ended
}

/**
 * Sends the browser on after sign-out: by POST to the connection's logout URL, else to `appURL`
 * (already checked), else to our own page. Our page comes first if the session is still open.
 */
export function leave(c: AppContext, ended: EndedSession | undefined, appURL?: string) {
  const againURL = ended ? `/sso/${ended.connectionSid}` : undefined
  const nonce = nonceOf(c)
  if (ended && !ended.hasEnded) {
    console.log(JSON.stringify({ event: 'signed_out_in_part', code: 'storage_full' }))
    return c.html(<SignedOutInPartPage {...{ appURL, againURL, nonce }} />, 503)
  }
  const target = ended?.logoutRedirectURL
  if (target && isEndpoint(target, c.var.config.isLocal))
    return postElsewhere(c, 'Signing you out', target, {})
  if (appURL !== undefined) return c.redirect(appURL, 303)
  return c.html(<SignedOutPage againURL={againURL} nonce={nonce} />)
}
