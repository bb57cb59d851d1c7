// The end_session_endpoint (OpenID Connect RP-Initiated Logout 1.0): ends our session, queues
// logout tokens for the apps, then sends the browser on.
import { Hono } from 'hono'
import { openDatabase } from '../../platform/db/client.ts'
import { CATALOGUE } from '../../errors.ts'
import { sessionKey } from '../../login/cookies.ts'
import { leave, signOut } from '../../login/sign-out.tsx'
import { findSession, type OpenSession } from '../../sessions/store/session.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { noteRequest } from '../../platform/log/request-notes.ts'
import { Refused } from '../../platform/http/refused.ts'
import { openFrame } from '../../platform/http/frame.ts'
import { formActionTo } from '../../platform/http/security-headers.ts'
import { PATHS } from '../discovery.ts'
import { judgeLogout, type LogoutCode, type LogoutRequest } from './logout-request.ts'
import { AskPage, RefusedPage } from './pages.tsx'

const CONFIRMED_PATH = `${PATHS.endSession}/confirmed`
/** The longest query that a POST may bring to the GET by redirect. */
const MAX_QUERY = 16_000

export const logoutRoutes = new Hono<App>()

logoutRoutes.get('/', async (c) => {
  const parameters = new URL(c.req.url).searchParams
  const request = await judge(c, parameters)
  if (typeof request === 'string') return refuse(c, request)
  const key = await sessionKey(c)
  const { config } = c.var
  const session = key
    ? await findSession(openDatabase(c.env.DB), key, Date.now(), config.session)
    : undefined
  // Without an open session there is nothing to confirm.
  if (session && !isProven(request, session)) return ask(c, parameters, request, session)
  return leave(c, await signOut(c), request.appURL)
})

// The browser sends the Lax session cookie only with the GET after a cross-site POST.
logoutRoutes.post('/', (c) => {
  const query = (c.var.form ?? new URLSearchParams()).toString()
  if (query.length > MAX_QUERY) throw new Refused('body_too_large')
  return c.redirect(query ? `${PATHS.endSession}?${query}` : PATHS.endSession, 303)
})

logoutRoutes.post('/confirmed', async (c) => {
  // The Lax session cookie is not sent with a cross-site POST. This check makes the rule explicit.
  if (c.req.header('origin') !== c.var.config.origin) throw new Refused('not_same_site')
  const request = await judge(c, c.var.form ?? new URLSearchParams())
  if (typeof request === 'string') return refuse(c, request)
  return leave(c, await signOut(c), request.appURL)
})

function judge(c: AppContext, parameters: URLSearchParams) {
  return judgeLogout(openDatabase(c.env.DB), c.var.config.origin, parameters)
}

/**
 * True if the app holds an ID token of this session, or of an earlier one of the same user. Then no
 * confirmation is needed.
 */
function isProven({ hint }: LogoutRequest, { sid, userSid }: OpenSession): boolean {
  return hint !== undefined && (hint.sid === sid || hint.sub === userSid)
}

async function ask(
  c: AppContext,
  parameters: URLSearchParams,
  { client, appURL }: LogoutRequest,
  session: OpenSession,
) {
  if (appURL !== undefined) c.set('formAction', `'self' ${formActionTo(appURL)}`)
  const fields: Record<string, string> = client ? { client_id: client.sid } : {}
  for (const name of ['post_logout_redirect_uri', 'state']) {
    const value = parameters.get(name)
    if (value !== null && appURL !== undefined) fields[name] = value
  }
  return c.html(
    <AskPage
      session={session}
      clientName={client?.name}
      action={CONFIRMED_PATH}
      fields={fields}
      frame={await openFrame(c, { own: session })}
    />,
  )
}

async function refuse(c: AppContext, code: LogoutCode) {
  const { status } = CATALOGUE[code]
  noteRequest(c.req.raw, { code })
  return c.html(<RefusedPage code={code} frame={await openFrame(c)} />, status)
}
