// The public HTTP of a login: begin, ACS, finish, and logout.
import { Hono } from 'hono'
import { ourSide, type Connection } from '../connections/connection.ts'
import { findConnectionAndKeys, noteMetadataFetch } from '../connections/store.ts'
import { openDatabase } from '../platform/db/client.ts'
import { openKeyValueStore } from '../platform/kv/kv.ts'
import type { ErrorCode } from '../errors.ts'
import { openKeyRing, type KeyRing } from '../keys/key-ring.ts'
import { normalizeEmail } from '../saml/response/principal.ts'
import { decodeResponse, parseResponse } from '../saml/response/response.ts'
import { renderSpMetadata } from '../saml/metadata/sp-metadata.ts'
import { createLocatedSecret } from '../platform/located-secret.ts'
import { hashSecret } from '../platform/secret.ts'
import { expiryOf } from '../sessions/lifetime.ts'
import { findSession } from '../sessions/store.ts'
import { createTimedSid, isSid } from '../ids.ts'
import type { App, AppContext } from '../platform/http/http.ts'
import { Refused } from '../platform/http/refused.ts'
import { beginLogin } from './begin.ts'
import { acceptResponse, isTest, type IncomingResponse } from './accept-response.ts'
import {
  bindBrowser,
  browserHashes,
  noteRestart,
  sessionKey,
  sessionKeys,
  setSession,
} from './cookies.ts'
import { NotSignedInPage, SignedInPage, SignOutPage, TestedPage } from './pages.tsx'
import { frontDoorRoutes } from './front-door/routes.tsx'
import { postElsewhere } from './post-elsewhere.tsx'
import { readWantedAuthentication } from './pending-request.ts'
import { findRelayState } from './relay-state.ts'
import { findIdpInitiatedReturnTo, findReturnTo } from './return-to.ts'
import { leave, signOut } from './sign-out.tsx'
import { findTestAttempt } from './store/attempts.ts'
import { finishLogin } from './store/finish.ts'
import { describeTest, testPath } from './test-sign-in.ts'

/** A read of our metadata is noted once an hour, or again after a change of our keys. */
const FETCH_NOTE_SECONDS = 3600

export const loginRoutes = new Hono<App>()

loginRoutes.route('/login', frontDoorRoutes)

loginRoutes.get('/sso/:connection', async (c) => {
  const { config } = c.var
  const db = openDatabase(c.env.DB)
  const target = c.req.query('return_to')
  const isRestarted = c.req.query('restarted') !== undefined
  const returnTo = isRestarted
    ? await findIdpInitiatedReturnTo(db, config, target ?? '')
    : await findReturnTo(db, config, target ?? '/')
  if (returnTo === undefined) throw new Refused('return_to')
  const { connection, keys } = await getConnection(c)
  const purpose = c.req.query('test') === undefined ? 'login' : 'test'
  const startURL = purpose === 'test' ? testPath(connection.sid) : `/sso/${connection.sid}`
  if (isRestarted && !noteRestart(c)) throw refused('restart_loop', connection)

  const outgoing = await beginLogin(openKeyValueStore(c.env.RELAY), config, connection, keys, {
    returnTo,
    browserHash: await bindBrowser(c),
    purpose,
    loginHint: normalizeEmail(c.req.query('login_hint') ?? ''),
    authentication: readWantedAuthentication(c.req.query('force_authn')),
    now: Date.now(),
  })
  if (typeof outgoing === 'string') throw refused(outgoing, connection, undefined, startURL)
  if (outgoing.binding === 'HTTP-Redirect') return c.redirect(outgoing.url)
  return postElsewhere(c, 'Taking you to your sign-in page', outgoing.action, outgoing.fields)
})

loginRoutes.get('/saml/:connection/metadata', async (c) => {
  const { connection, keys, keysChangedAt } = await getConnection(c)
  const published = await keys.published()
  const metadata = renderSpMetadata({
    ...ourSide(c.var.config.origin, connection.sid),
    authnRequestsSigned: connection.signRequests,
    signingCertificates: published.signing,
    encryptionCertificates: published.encryption,
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

loginRoutes.post('/saml/:connection/acs', async (c) => {
  const { form, config } = c.var
  if (!form) throw new Refused('content_type')
  const fields = form.getAll('SAMLResponse')
  const [field] = fields
  if (!field || fields.length !== 1) throw new Refused('response_field')
  const handle = form.get('RelayState') ?? ''
  const [{ connection, keys }, relayState] = await Promise.all([
    getConnection(c),
    findRelayState(openKeyValueStore(c.env.RELAY), handle),
  ])

  const incoming: IncomingResponse | 'restart' = relayState
    ? { kind: 'answer', relayState }
    : await withoutRelayState(c, connection, field, handle)
  const db = openDatabase(c.env.DB)
  if (incoming === 'restart') {
    const returnTo = await findReturnTo(db, config, handle)
    const query = new URLSearchParams({ ...(returnTo && { return_to: returnTo }), restarted: '' })
    return c.redirect(`/sso/${connection.sid}?${query}`, 303)
  }
  const verdict = await acceptResponse(db, config, connection, keys, field, incoming, Date.now())
  if (isTest(connection, incoming)) {
    const query = new URLSearchParams({ attempt: verdict.attemptSid, state: handle })
    return c.redirect(`/login/tested?${query}`, 303)
  }
  if (!verdict.ok) throw refused(verdict.code, connection, verdict.attemptSid)
  return c.redirect(`/login/finish?code=${verdict.loginCode}`, 303)
})

// The result of a test sign-in. It only reads: a link with another person's attempt does no harm.
loginRoutes.get('/login/tested', async (c) => {
  const attemptSid = c.req.query('attempt') ?? ''
  const [attempt, state, hashes] = await Promise.all([
    isSid(attemptSid, 'AT') ? findTestAttempt(openDatabase(c.env.DB), attemptSid) : undefined,
    findRelayState(openKeyValueStore(c.env.RELAY), c.req.query('state') ?? ''),
    browserHashes(c),
  ])
  if (!attempt || state?.purpose !== 'test' || state.connectionSid !== attempt.connectionSid)
    throw new Refused('login_code_unknown')
  const againURL = testPath(attempt.connectionSid)
  // As with a login: only the browser that began the test sees its result.
  if (!hashes.includes(state.browserHash))
    throw new Refused('browser_mismatch', {
      reference: attemptSid,
      supportContact: attempt.supportContact,
      restartURL: againURL,
    })
  return c.html(
    <TestedPage
      result={describeTest(attempt.code as ErrorCode | null, attempt.checks)}
      reference={attemptSid}
      supportContact={attempt.supportContact}
      againURL={againURL}
      nonce={c.get('secureHeadersNonce')}
    />,
  )
})

loginRoutes.get('/login/finish', async (c) => {
  const code = c.req.query('code') ?? ''
  const now = Date.now()
  const sid = createTimedSid('SE', now)
  const token = await createLocatedSecret(sid)
  const finished = await finishLogin(openDatabase(c.env.DB), {
    codeHash: await hashSecret(code),
    browserHashes: await browserHashes(c),
    earlier: await sessionKeys(c),
    session: {
      sid,
      tokenHash: token.hash,
      expiresAt: expiryOf(now, c.var.config.session),
    },
    now,
  })
  if (!finished.ok) {
    const { attempt } = finished
    throw new Refused(
      finished.code,
      attempt && { reference: attempt.sid, restartURL: `/sso/${attempt.connectionSid}` },
    )
  }
  if (finished.hasEndedOthers) c.var.afterResponse.add('send_logout_tokens')
  setSession(c, token.text, Math.max(1, Math.floor((finished.expiresAt - now) / 1000)))
  return c.redirect(finished.returnTo)
})

loginRoutes.get('/', async (c) => {
  const key = await sessionKey(c)
  const session =
    key && (await findSession(openDatabase(c.env.DB), key, Date.now(), c.var.config.session))
  const nonce = c.get('secureHeadersNonce')
  return c.html(
    session ? <SignedInPage session={session} nonce={nonce} /> : <NotSignedInPage nonce={nonce} />,
  )
})

loginRoutes.get('/logout', (c) => c.html(<SignOutPage nonce={c.get('secureHeadersNonce')} />))

loginRoutes.post('/logout', async (c) => {
  // The Lax session cookie is not sent with a cross-site POST. This check makes the rule explicit.
  if (c.req.header('origin') !== c.var.config.origin) throw new Refused('not_same_site')
  // End our session first: the next site may fail.
  return leave(c, await signOut(c))
})

/** A response without a RelayState of ours: its login was lost, or it began at the IdP. */
async function withoutRelayState(
  c: AppContext,
  connection: Connection,
  field: string,
  relayState: string,
): Promise<IncomingResponse | 'restart'> {
  const text = decodeResponse(field)
  const response = text.ok ? parseResponse(text.value) : text
  const refuse = (code: ErrorCode, idpInitiated = false): IncomingResponse => ({
    kind: 'refused',
    code,
    idpInitiated,
  })
  if (!response.ok) return refuse(response.error.code)
  if (response.value.inResponseTo !== undefined) return refuse('relay_state_unknown')
  if (connection.idpInitiated === 'restart') return 'restart'
  if (connection.idpInitiated !== 'accept') return refuse('idp_initiated_refused', true)
  return {
    kind: 'unsolicited',
    returnTo: await findIdpInitiatedReturnTo(openDatabase(c.env.DB), c.var.config, relayState),
    browserHash: await bindBrowser(c),
  }
}

type FoundConnection = { connection: Connection; keys: KeyRing; keysChangedAt: number }

async function getConnection(c: AppContext): Promise<FoundConnection> {
  const sid = c.req.param('connection') ?? ''
  const found = isSid(sid, 'CN')
    ? await findConnectionAndKeys(openDatabase(c.env.DB), sid)
    : undefined
  if (!found) throw new Refused('connection_unknown')
  const { connection, keyPairs } = found
  return {
    connection,
    keys: openKeyRing(c.var.config.keySecrets, keyPairs),
    keysChangedAt: Math.max(0, ...keyPairs.map(({ createdAt }) => createdAt)),
  }
}

function refused(
  code: ErrorCode,
  connection: Connection,
  reference?: string,
  restartURL = `/sso/${connection.sid}`,
): Refused {
  return new Refused(code, {
    ...(reference && { reference }),
    supportContact: connection.tenant.supportContact,
    restartURL,
  })
}
