// The end of a session in its browser: ours ends first, then the browser goes on to where its
// tenant wants it, or an app.
import { openDatabase } from '../platform/db/client.ts'
import { isEndpoint } from '../endpoint.ts'
import { endSession, type EndedSession } from '../sessions/store.ts'
import type { AppContext } from '../platform/http/http.ts'
import { clearSession, sessionHashes } from './cookies.ts'
import { SignedOutPage } from './pages.tsx'
import { postElsewhere } from './post-elsewhere.tsx'

/** Ends this browser's session, and those before it; their apps are told after the response. */
export async function signOut(c: AppContext): Promise<EndedSession | undefined> {
  const [hash, ...earlier] = await sessionHashes(c)
  const ended = hash
    ? await endSession(openDatabase(c.env.DB), hash, Date.now(), earlier)
    : undefined
  if (hash) c.var.afterResponse.add('send_logout_tokens')
  clearSession(c)
  return ended
}

/**
 * Where the browser goes then: by POST to the tenant's Redirect URL, else to where the app wants it
 * back, else to our own page. `appURL` has been checked.
 */
export function leave(c: AppContext, ended: EndedSession | undefined, appURL?: string) {
  const target = ended?.logoutRedirectURL
  if (target && isEndpoint(target, c.var.config.isLocal))
    return postElsewhere(c, 'Signing you out', target, {})
  if (appURL !== undefined) return c.redirect(appURL, 303)
  const againURL = ended ? `/sso/${ended.connectionSid}` : undefined
  return c.html(<SignedOutPage againURL={againURL} nonce={c.get('secureHeadersNonce')} />)
}
