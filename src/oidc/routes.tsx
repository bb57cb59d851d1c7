// The public HTTP of the OpenID Provider. /oauth2/authorize answers browsers with redirects and
// pages; all other endpoints answer programs with JSON.
import { Hono } from 'hono'
import { noteUnprotectedCode } from '../clients/store.ts'
import { openDatabase } from '../platform/db/client.ts'
import { openKeyValueStore } from '../platform/kv/kv.ts'
import { sessionKey } from '../login/cookies.ts'
import { emailKey } from '../directory/email-key.ts'
import { connectionOfEmail } from '../directory/sign-in/store.ts'
import { findConnectionWithKeys, type FoundConnection } from '../login/connection-of.ts'
import { finish, type PrepareContinuation } from '../login/finish.ts'
import { findWay, limitLogins, showWay } from '../login/front-door/routes.tsx'
import { pendingRequestOf, wantedAuthentication } from '../login/pending-request.ts'
import { sendToIdp } from '../login/send-to-idp.ts'
import { readAndNote } from '../platform/db/batch.ts'
import { StorageError } from '../platform/storage/storage-error.ts'
import { normalizeEmail } from '../saml/response/principal.ts'
import { connectionOfDomain, type GrantResults } from './store/grants.ts'
import { isSid } from '../ids.ts'
import { runAfterResponse } from '../platform/http/after-response.ts'
import type { App, AppContext } from '../platform/http/http.ts'
import { wordOf } from '../platform/log/kinds.ts'
import { noteRequest } from '../platform/log/request-notes.ts'
import { PostPage } from '../platform/http/pages.tsx'
import { Refused } from '../platform/http/refused.ts'
import { openFrame } from '../platform/http/frame.ts'
import { formActionTo } from '../platform/http/security-headers.ts'
import { prepareAuthorization, type LoginWay } from './authorization-endpoint.ts'
import type { ResponseTarget, ProtocolError } from './authorization-request.ts'
import { userinfoClaims } from './claims.ts'
import { describeProvider, PATHS } from './discovery.ts'
import { factsOf, issueTokens, revokeToken, type TokenRequest } from './issue-tokens.ts'
import { COPY_SECONDS, serveKeySet } from './signing-keys/key-set-copy.ts'

const DOCUMENTS = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
/** Scripts of other origins may call these: none of them reads a cookie. */
const FOR_PROGRAMS = [...DOCUMENTS, PATHS.jwks, PATHS.token, PATHS.userinfo, PATHS.revocation]
/** Keys are published a day before they sign. */
const MAX_AGE_SECONDS = 300
/** A POST with a longer query is not redirected to a GET: the request is too long anyway. */
const MAX_QUERY = 8000

/** True: the path reports errors as OAuth JSON. */
export function isForPrograms(path: string): boolean {
  return FOR_PROGRAMS.includes(path)
}

export const oidcRoutes = new Hono<App>()

for (const path of FOR_PROGRAMS)
  oidcRoutes.use(path, async (c, next) => {
    c.header('access-control-allow-origin', '*')
    c.header('access-control-expose-headers', 'www-authenticate')
    if (c.req.method !== 'OPTIONS') return next()
    c.header('access-control-allow-methods', 'GET, POST')
    c.header('access-control-allow-headers', 'authorization, content-type')
    c.header('access-control-max-age', '3600')
    return c.body(null, 204)
  })

for (const path of DOCUMENTS)
  // Made of settings alone: D1 may be down.
  oidcRoutes.get(path, (c) =>
    c.json(describeProvider(c.var.config.origin), 200, cachedFor(COPY_SECONDS)),
  )

oidcRoutes.get(PATHS.jwks, async (c) => {
  const [db, kv] = [openDatabase(c.env.DB), openKeyValueStore(c.env.RELAY)]
  const { keySecrets } = c.var.config
  const served = await serveKeySet(db, kv, keySecrets, Date.now())
  if (served.isDue) c.var.afterResponse.add('copy_key_set')
  return c.json(served.keySet, 200, cachedFor(served.secondsLeft))
})

/** `secondsLeft`: how long caches may serve it while we fail (RFC 5861 §4). */
function cachedFor(secondsLeft: number) {
  const maxAge = Math.min(MAX_AGE_SECONDS, secondsLeft)
  const stale = secondsLeft - maxAge
  return { 'cache-control': `public, max-age=${maxAge}, stale-if-error=${stale}` }
}

oidcRoutes.get(PATHS.authorization, (c) => answer(c, new URL(c.req.url).searchParams))

// The browser sends the Lax session cookie only with the GET after a cross-site POST.
oidcRoutes.post(PATHS.authorization, async (c) => {
  const parameters = c.var.form ?? new URLSearchParams()
  const query = parameters.toString()
  return query.length > MAX_QUERY
    ? answer(c, parameters)
    : c.redirect(`${PATHS.authorization}?${query}`, 303)
})

// Here, because an app's request is answered in the batch that opens the session.
oidcRoutes.get('/login/finish', (c) => finish(c, prepareAnswer))

oidcRoutes.post(PATHS.token, async (c) => {
  const request = asked(c)
  const noteUnprotected = (clientSid: string) =>
    runAfterResponse(c, 'note_unprotected_code', () =>
      noteUnprotectedCode(request.db, clientSid, request.now),
    )
  const tokens = await issueTokens({ ...request, noteUnprotected })
  return isError(tokens) ? refuse(c, tokens) : c.json(tokens)
})

oidcRoutes.post(PATHS.revocation, async (c) => {
  const error = await revokeToken(asked(c))
  // RFC 7009 §2.2: the content is ignored. Some clients read an answer only if it is JSON.
  return error ? refuse(c, error) : c.json({})
})

oidcRoutes.on(['GET', 'POST'], PATHS.userinfo, async (c) => {
  const [header, inForm] = [c.req.header('authorization'), c.var.form?.get('access_token')]
  const token = /^bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(header ?? '')?.[1] ?? inForm
  if (header !== undefined && inForm)
    return challenge(
      c,
      { error: 'invalid_request', description: 'the request has two tokens' },
      400,
    )
  // A request without a token gets the scheme and no error (RFC 6750 §3.1).
  if (!token) return challenge(c, undefined, 401)
  const facts = await factsOf(openDatabase(c.env.DB), c.var.config, token, Date.now())
  if (facts) return c.json(userinfoClaims(facts))
  const description = 'the token is unknown or has expired'
  return challenge(c, { error: 'invalid_token', description }, 401)
})

async function answer(c: AppContext, parameters: URLSearchParams) {
  const { config } = c.var
  const db = openDatabase(c.env.DB)
  const session = await sessionKey(c)
  const asked = await prepareAuthorization(db, config, parameters, session, Date.now())
  if ('kind' in asked) throw new Refused(asked.code)
  const { clientRows, sessionRows, ...writes } = asked.statements
  const [results, ahead] = await Promise.all([
    readAndNote(db, { clientRows, sessionRows }, writes),
    // Without a session the login is certain enough: what it needs is read in the same moment.
    session === undefined && asked.login ? findLoginOf(c, asked.login) : undefined,
  ])
  const answered = asked.conclude(results)
  switch (answered.kind) {
    case 'refused':
      throw new Refused(answered.code)
    case 'answered':
      return sendTo(c, answered.responseTarget, answered.fields)
    case 'full':
      throw new StorageError({ code: 'full', isTransient: false })
    case 'login':
      return (ahead ?? (await findLoginOf(c, answered)))()
  }
}

async function sendTo(
  c: AppContext,
  responseTarget: ResponseTarget,
  fields: Record<string, string>,
) {
  const { clientSid, redirectURI, responseMode } = responseTarget
  if (fields.error) note(c, clientSid, fields.error, fields.error_description)
  if (responseMode === 'query') {
    // Appended to the registered bytes, which may already contain a query.
    const sign = redirectURI.includes('?') ? '&' : '?'
    return c.redirect(`${redirectURI}${sign}${new URLSearchParams(fields)}`, 303)
  }
  c.set('formAction', formActionTo(redirectURI))
  const frame = await openFrame(c)
  return c.html(<PostPage title="toApp" action={redirectURI} fields={fields} frame={frame} />)
}

/** Answers the app's request with the login that it has led to: the browser goes straight there. */
const prepareAnswer: PrepareContinuation = async (c, target, session, now) => {
  const { config } = c.var
  const parameters = pendingRequestOf(target, config.origin)
  if (!parameters) return undefined
  const db = openDatabase(c.env.DB)
  const asked = await prepareAuthorization(db, config, parameters, session, now)
  if ('kind' in asked) return undefined
  return {
    statements: asked.statements,
    conclude: (results) => {
      const answered = asked.conclude(results as GrantResults)
      if (answered.kind !== 'answered') return undefined
      return sendTo(c, answered.responseTarget, answered.fields)
    },
  }
}

type Login = { returnTo: string; way: LoginWay }

/** Reads what the login needs in one round trip, and returns what begins it. */
async function findLoginOf(c: AppContext, { returnTo, way }: Login): Promise<Begin> {
  const { email, domain, isHinted } = way
  const [ofDomain, ofEmail] = await Promise.all([
    domain === undefined ? undefined : findConnectionWithKeys(c, connectionOfDomain({ domain })),
    email === undefined ? undefined : findLoginOfEmail(c, email, returnTo, isHinted),
  ])
  if (ofDomain) return () => begin(c, ofDomain, returnTo)
  if (ofEmail) return ofEmail
  return async () => c.redirect(`/login?${new URLSearchParams({ return_to: returnTo })}`, 303)
}

type Begin = () => Promise<Response>

async function findLoginOfEmail(
  c: AppContext,
  email: string,
  returnTo: string,
  isHinted: boolean,
): Promise<Begin> {
  const [way, found] = await Promise.all([
    findWay(c, email, returnTo),
    findConnectionWithKeys(c, connectionOfEmail({ emailKey: emailKey(email) ?? '' })),
    // A hint reveals whether an e-mail has SSO, like the front door, so it has the same rate limit.
    isHinted ? limitLogins(c, '/login', email, returnTo) : undefined,
  ])
  const isIt = found?.connection.sid === way.connectionSid
  return async () =>
    showWay(c, way, found && isIt ? () => begin(c, found, returnTo, email) : undefined)
}

/** Begins the login without a further redirect. The request is checked again when it returns. */
function begin(c: AppContext, found: FoundConnection, returnTo: string, loginHint?: string) {
  const { origin } = c.var.config
  const asked = pendingRequestOf(returnTo, origin)
  return sendToIdp(c, found, {
    returnTo: `${origin}${returnTo}`,
    purpose: 'login',
    loginHint: loginHint && normalizeEmail(loginHint),
    authentication: asked ? wantedAuthentication(asked) : 'any',
  })
}

function asked(c: AppContext): TokenRequest {
  return {
    db: openDatabase(c.env.DB),
    config: c.var.config,
    authorization: c.req.header('authorization'),
    form: c.var.form ?? new URLSearchParams(),
    now: Date.now(),
  }
}

/** RFC 6749 §5.2. */
function refuse(c: AppContext, { error, description }: ProtocolError) {
  note(c, c.var.form?.get('client_id'), error, description)
  const isUnknown = error === 'invalid_client'
  if (isUnknown && c.req.header('authorization') !== undefined)
    c.header('www-authenticate', 'Basic realm="gatepost"')
  return c.json({ error, error_description: description }, isUnknown ? 401 : 400)
}

/** RFC 6750 §3. */
function challenge(c: AppContext, refused: ProtocolError | undefined, status: 400 | 401) {
  const { error, description } = refused ?? {}
  note(c, undefined, error ?? 'unauthenticated', description)
  const words = refused ? `, error="${error}", error_description="${description}"` : ''
  c.header('www-authenticate', `Bearer realm="gatepost"${words}`)
  return c.json({ ...(refused && { error, error_description: description }) }, status)
}

/** The log gets the error and the client. */
function note(c: AppContext, client: string | null | undefined, error: string, why?: string): void {
  const clientSid = client && isSid(client, 'CL') ? client : undefined
  noteRequest(c.req.raw, { code: wordOf(error), clientSid, why })
}

function isError(answer: Record<string, unknown> | ProtocolError): answer is ProtocolError {
  return typeof answer.error === 'string'
}
