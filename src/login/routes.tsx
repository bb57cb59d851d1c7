// The public HTTP of a login: begin, ACS, finish, and logout.
import { Hono } from 'hono'
import { ourSide } from '../connections/connection.ts'
import { noteMetadataFetch } from '../connections/store.ts'
import { openDatabase } from '../platform/db/client.ts'
import type { ErrorCode } from '../errors.ts'
import { renderSpMetadata } from '../saml/metadata/sp-metadata.ts'
import { findSession } from '../sessions/store/session.ts'
import { isSid } from '../ids.ts'
import type { App } from '../platform/http/http.ts'
import { Refused } from '../platform/http/refused.ts'
import { openFrame } from '../platform/http/frame.ts'
import { receiveResponse } from './acs.ts'
import { findConnectionOf } from './connection-of.ts'
import { sessionKey } from './cookies.ts'
import { findLogin } from './login-cookies.ts'
import { openLoginKeys } from './login-keys.ts'
import { NotSignedInPage, SignedInPage, SignOutPage, TestedPage } from './pages.tsx'
import { frontDoorRoutes } from './front-door/routes.tsx'
import { openText } from './pending-login.ts'
import { continueRepeated } from './repeated.ts'
import { begin, beginAgain } from './send-to-idp.ts'
import { leave, signOut } from './sign-out.tsx'
import { findTest } from './tested.ts'
import { testPath } from './test-path.ts'

/** A read of our metadata is noted once an hour, or again after a change of our keys. */
const FETCH_NOTE_SECONDS = 3600

export const loginRoutes = new Hono<App>()

loginRoutes.route('/login', frontDoorRoutes)

loginRoutes.get('/sso/:connection', begin)

loginRoutes.get('/sso/:connection/again', beginAgain)

loginRoutes.get('/saml/:connection/metadata', async (c) => {
  const { connection, keys, keysChangedAt } = await findConnectionOf(c)
  const published = await keys.published()
  const metadata = renderSpMetadata({
    ...ourSide(c.var.config.origin, connection.sid),
    authnRequestsSigned: connection.signRequests,
    signingCertificates: published.signing,
    encryptionCertificates: published.encryption,
    publisher: c.var.config.publisher,
  })
  // Browsers send Sec-Fetch-Site (Fetch Metadata). IdPs and scripts do not, though scripts on Node
  // send Sec-Fetch-Mode. This is a hint for people, not a proof.
  if (c.req.header('sec-fetch-site') === undefined) {
    const now = Date.now()
    const noted = connection.metadataFetchedAt ?? 0
    if (noted < Math.max(now - FETCH_NOTE_SECONDS * 1000, keysChangedAt))
      await noteMetadataFetch(openDatabase(c.env.DB), connection.sid, now)
  }
  return c.body(metadata, 200, { 'content-type': 'application/samlmetadata+xml; charset=utf-8' })
})

loginRoutes.post('/saml/:connection/acs', receiveResponse)

// The result of a test sign-in. It only reads: a link with another person's attempt shows how it
// ended, and nothing that the IdP said.
loginRoutes.get('/login/tested', async (c) => {
  const { attempt: attemptSid = '', login: name = '', mine = '' } = c.req.query()
  const [attempt, login] = await Promise.all([
    isSid(attemptSid, 'AT') ? findTest(c, attemptSid) : undefined,
    findLogin(c, 'test', name),
  ])
  if (!attempt) throw new Refused('login_code_unknown')
  const againURL = testPath(attempt.connectionSid)
  // As with a login: only the browser that began the test sees its result.
  if (login?.connectionSid !== attempt.connectionSid)
    throw new Refused('browser_mismatch', {
      reference: attemptSid,
      branding: attempt.branding,
      restartURL: againURL,
    })
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  const isMine = (await openText(ring, 'tested', name, mine)) === attemptSid
  const { describeTest } = await import('./test-sign-in.ts')
  const frame = await openFrame(c, { own: attempt.branding })
  return c.html(
    <TestedPage
      result={describeTest(frame.t, attempt.code as ErrorCode | null, attempt.checks)}
      values={isMine ? attempt.testValues : null}
      reference={attemptSid}
      supportContact={frame.branding.supportContact}
      againURL={againURL}
      frame={frame}
    />,
  )
})

loginRoutes.get('/login/repeated', continueRepeated)

loginRoutes.get('/', async (c) => {
  const key = await sessionKey(c)
  const session =
    key && (await findSession(openDatabase(c.env.DB), key, Date.now(), c.var.config.session))
  const frame = await openFrame(c, { own: session || undefined })
  return c.html(
    session ? <SignedInPage session={session} frame={frame} /> : <NotSignedInPage frame={frame} />,
  )
})

loginRoutes.get('/logout', async (c) => c.html(<SignOutPage frame={await openFrame(c)} />))

loginRoutes.post('/logout', async (c) => {
  // The Lax session cookie is not sent with a cross-site POST. This check makes the rule explicit.
  if (c.req.header('origin') !== c.var.config.origin) throw new Refused('not_same_site')
  // End our session first: the next site may fail.
  return leave(c, await signOut(c))
})
