// The authorization endpoint without its HTTP: a request and a session give a code, an error for
// the client, a login, or our own error page (RFC 6749 §4.1, OpenID Connect Core 1.0 §3.1.2).
import type { Database } from '../platform/db/client.ts'
import { isRegistered } from '../clients/redirect-uri.ts'
import { readDomain } from '../directory/domains/domain-name.ts'
import { emailKey } from '../directory/email-key.ts'
import type { Config } from '../env.ts'
import { AUTHENTICATED_AFTER, AUTHORIZATION_PATH } from '../login/pending-request.ts'
import type { SessionKey } from '../sessions/store/session.ts'
import {
  demandOf,
  readResponseTarget,
  readAuthorizationRequest,
  type ResponseTarget,
  type AuthorizationRequest,
  type ProtocolError,
} from './authorization-request.ts'
import { createCode } from './grant-token.ts'
import { verifyOwnToken } from './signing-keys/signing-keys.ts'
import { grantStatements, type GrantRequest, type GrantResults } from './store/grants.ts'

/** The lifetime of an authorization code. */
const CODE_SECONDS = 60

export type AuthorizationAnswer =
  /** No redirect is possible: the client is unknown, or the redirect URI is not registered. */
  | { kind: 'refused'; code: 'client_unknown' | 'redirect_uri' }
  | { kind: 'answered'; responseTarget: ResponseTarget; fields: Record<string, string> }
  /** The user must sign in. */
  | { kind: 'login'; returnTo: string; way: LoginWay }
  /** There is a session, and the database has no room for a code. */
  | { kind: 'full' }

/** Through the connection of a domain, if there is one, else with this e-mail, or with any. */
export type LoginWay = {
  domain?: string | undefined
  email?: string | undefined
  /** True: the app said the e-mail, and nobody has proved it. */
  isHinted: boolean
}

/** The statements that answer a request, and how their results do. */
export type PreparedAuthorization = {
  /** The login that the request needs if no session serves it; null: it gets none. */
  login: { returnTo: string; way: LoginWay } | null
  statements: ReturnType<typeof grantStatements>
  /** Without the results of what writes: the database is full. */
  conclude: (results: ReadResults & Partial<GrantResults>) => AuthorizationAnswer
}

type ReadResults = Pick<GrantResults, 'clientRows' | 'sessionRows'>

/** `sessionKey`: of the cookie, or of a session that is opened in the same batch. */
export async function prepareAuthorization(
  db: Database,
  config: Pick<Config, 'origin' | 'session'>,
  parameters: URLSearchParams,
  sessionKey: SessionKey | undefined,
  now: number,
): Promise<PreparedAuthorization | Extract<AuthorizationAnswer, { kind: 'refused' }>> {
  const responseTarget = readResponseTarget(parameters)
  if (typeof responseTarget === 'string') return { kind: 'refused', code: responseTarget }
  const request = readAuthorizationRequest(parameters, now)
  const hint = 'error' in request ? null : await readTokenHint(db, config, request)
  const code = sessionKey && (await createCode(sessionKey.sid))
  const statements = grantStatements({
    responseTarget,
    session: sessionKey,
    grant:
      'error' in request || hint === undefined || code === undefined
        ? null
        : toGrant(request, code.hash, hint?.sub, now),
    now,
    lifetime: config.session,
  })
  const returnTo = returnToOf(parameters, now)
  const asked = { config, returnTo, responseTarget, request, hint, code: code?.text }
  const isLogin = !('error' in request) && hint !== undefined && mayLogIn(request)
  return {
    login: isLogin ? { returnTo, way: wayOf(request, undefined) } : null,
    statements,
    conclude: (results) =>
      conclude(asked, results, statements.grant !== undefined && results.grant === undefined),
  }
}

/** False: the request never leads to a login. */
function mayLogIn({ prompts, returnedFrom }: AuthorizationRequest): boolean {
  return !prompts.has('none') && returnedFrom === undefined
}

type Asked = {
  config: Pick<Config, 'origin'>
  returnTo: string
  responseTarget: ResponseTarget
  request: AuthorizationRequest | ProtocolError
  /** Undefined: `id_token_hint` is no token of ours. */
  hint: { sub: string } | null | undefined
  code: string | undefined
}

function conclude(
  { config, returnTo, responseTarget, request, hint, code }: Asked,
  { clientRows: [client], sessionRows: [session], grantRows }: ReadResults & Partial<GrantResults>,
  isFull: boolean,
): AuthorizationAnswer {
  if (!client || client.disabledAt !== null) return { kind: 'refused', code: 'client_unknown' }
  if (!isRegistered(client, responseTarget.redirectURI))
    return { kind: 'refused', code: 'redirect_uri' }

  const answer = (fields: Record<string, string>): AuthorizationAnswer => ({
    kind: 'answered',
    responseTarget,
    fields: {
      ...fields,
      ...(responseTarget.state !== null && { state: responseTarget.state }),
      // RFC 9207.
      iss: config.origin,
    },
  })
  const fail = ({ error, description }: ProtocolError) =>
    answer({ error, error_description: description })
  if ('error' in request) return fail(request)
  if (hint === undefined)
    return fail({
      error: 'invalid_request',
      description: 'id_token_hint is not an ID token of ours',
    })
  if (request.codeChallenge === null && client.pkce === 'required')
    return fail({
      error: 'invalid_request',
      description: 'PKCE is required: code_challenge is missing',
    })
  if (grantRows?.length && code !== undefined) return answer({ code })
  // Nobody sees a page of ours if the app asked for none.
  if (isFull && session)
    return request.prompts.has('none')
      ? fail({ error: 'temporarily_unavailable', description: 'no storage left for a code' })
      : { kind: 'full' }
  if (request.prompts.has('none'))
    return fail({ error: 'login_required', description: 'no session serves this request' })
  if (request.returnedFrom !== undefined)
    return fail({
      error: 'login_required',
      description:
        session && request.maxAgeSeconds !== undefined
          ? 'the identity provider authenticated the user longer ago than max_age allows'
          : 'the session after the login does not serve it',
    })

  return { kind: 'login', returnTo, way: wayOf(request, session) }
}

/** The `return_to` of the login: the request itself, which is checked again after the login. */
function returnToOf(parameters: URLSearchParams, now: number): string {
  const query = new URLSearchParams(parameters)
  query.set(AUTHENTICATED_AFTER, String(now))
  return `${AUTHORIZATION_PATH}?${query}`
}

/** Null: the request has none. Undefined: it is not a token of ours. */
async function readTokenHint(
  db: Database,
  { origin }: Pick<Config, 'origin'>,
  { idTokenHint }: AuthorizationRequest,
): Promise<{ sub: string } | null | undefined> {
  if (idTokenHint === undefined) return null
  const claims = await verifyOwnToken(db, origin, idTokenHint)
  return claims?.sub === undefined ? undefined : { sub: claims.sub }
}

/** Null: no session can serve the request. */
function toGrant(
  request: AuthorizationRequest,
  secretHash: string,
  userSid: string | undefined,
  now: number,
): GrantRequest | null {
  const demand = demandOf(request, now)
  if (!demand) return null
  const { email, ...rest } = demand
  return {
    secretHash,
    codeExpiresAt: now + CODE_SECONDS * 1000,
    scope: request.scope,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
    demand: {
      ...rest,
      userSid,
      // A hint that is not an e-mail matches no user.
      emailKey: email === undefined ? undefined : (emailKey(email) ?? ''),
    },
  }
}

/** The hints come first. Otherwise, the user of a session that does not serve goes to its IdP. */
function wayOf(
  { prompts, loginHint, domainHint }: AuthorizationRequest,
  session: { email: string } | undefined,
): LoginWay {
  if (prompts.has('select_account')) return { isHinted: true }
  if (loginHint && emailKey(loginHint) !== undefined) return { email: loginHint, isHinted: true }
  const domain = domainHint === undefined ? undefined : readDomain(domainHint)
  return { domain: domain?.ok ? domain.value : undefined, email: session?.email, isHinted: false }
}
