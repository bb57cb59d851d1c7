// Sign-out: ends our session first, then sends the browser to the tenant's logout URL or to the
// app.
import { openDatabase } from '../platform/db/client.ts'
import { isEndpoint } from '../endpoint.ts'
import { endSession, type EndedSession } from '../sessions/store/session.ts'
import type { AppContext } from '../platform/http/http.ts'
import { noteRequest } from '../platform/log/request-notes.ts'
import { openFrame } from '../platform/http/frame.ts'
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
 * (already checked), else to our own page. `appURL` comes before the logout URL if the tenant wants
 * that. Our page comes first if the session is still open.
 */
export async function leave(c: AppContext, ended: EndedSession | undefined, appURL?: string) {
  const againURL = ended ? `/sso/${ended.connectionSid}` : undefined
  if (ended && !ended.hasEnded) {
    noteRequest(c.req.raw, { code: 'signed_out_in_part', storage: 'full' })
    return c.html(
      <SignedOutInPartPage {...{ appURL, againURL, frame: await openFrame(c, { own: ended }) }} />,
      503,
    )
  }
  if (ended?.afterSignOut === 'app' && appURL !== undefined) return c.redirect(appURL, 303)
  const target = ended?.logoutRedirectURL
  if (target && isEndpoint(target, c.var.config.isLocal))
    return postElsewhere(c, 'signingOut', target, {})
  if (appURL !== undefined) return c.redirect(appURL, 303)
  return c.html(<SignedOutPage againURL={againURL} frame={await openFrame(c, { own: ended })} />)
}
