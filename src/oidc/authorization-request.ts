// Reads an authorization request and checks what can be checked without the database (RFC 6749
// §4.1.1, OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3). Pure.
import { AUTHENTICATED_AFTER } from '../login/pending-request.ts'
import { MINUTE } from '../durations.ts'

export const SCOPES = ['openid', 'email', 'profile', 'offline_access'] as const
export const RESPONSE_MODES = ['query', 'form_post'] as const
/** `consent` asks for nothing here: clients are the vendor's own. */
export const PROMPTS = ['none', 'login', 'select_account', 'consent'] as const
type Prompt = (typeof PROMPTS)[number]

/** In characters, URL-encoded. Shorter than what `return_to` takes, which carries the request. */
const MAX_LENGTH = 5500
/** A request that comes back from a login later than this counts as a new one. */
const MAX_LOGIN_MILLISECONDS = 30 * MINUTE

/**
 * Where the response goes. Nothing is sent there before the URI is found among the client's
 * redirect URIs.
 */
export type ResponseTarget = {
  clientSid: string
  redirectURI: string
  responseMode: (typeof RESPONSE_MODES)[number]
  state: string | null
}

export type AuthorizationRequest = {
  scope: string
  nonce: string | null
  /** Null: there is none. Whether the client must send one is judged with its registration. */
  codeChallenge: string | null
  prompts: ReadonlySet<Prompt>
  maxAgeSeconds: number | undefined
  loginHint: string | undefined
  domainHint: string | undefined
  idTokenHint: string | undefined
  /** When we sent the user to the login that it returns from; undefined: it returns from none. */
  returnedFrom: number | undefined
}

export type ProtocolError = { error: string; description: string }

/** A string is the error that forbids any redirect. */
export function readResponseTarget(
  parameters: URLSearchParams,
): ResponseTarget | 'client_unknown' | 'redirect_uri' {
  const clientSid = single(parameters, 'client_id')
  if (!clientSid) return 'client_unknown'
  const redirectURI = single(parameters, 'redirect_uri')
  if (!redirectURI) return 'redirect_uri'
  const state = single(parameters, 'state') ?? null
  return {
    clientSid,
    redirectURI,
    responseMode: single(parameters, 'response_mode') === 'form_post' ? 'form_post' : 'query',
    state: state === null || state.length > MAX_LENGTH ? null : state,
  }
}

/** Ignores unknown parameters and unknown scopes, as the standards demand. */
export function readAuthorizationRequest(
  parameters: URLSearchParams,
  now: number,
): AuthorizationRequest | ProtocolError {
  const names = [...parameters.keys()]
  if (new Set(names).size < names.length) return invalid('a parameter comes more than once')
  if (parameters.toString().length > MAX_LENGTH) return invalid('the request is too long')
  const get = (name: string) => single(parameters, name)
  for (const name of ['request', 'request_uri', 'registration'])
    if (get(name))
      return { error: `${name}_not_supported`, description: `${name} is not supported` }

  const responseType = get('response_type')
  if (!responseType) return invalid('response_type is missing')
  if (responseType !== 'code')
    return { error: 'unsupported_response_type', description: 'response_type must be code' }
  const responseMode = get('response_mode') ?? 'query'
  if (!includes(RESPONSE_MODES, responseMode))
    return invalid(`response_mode must be one of ${RESPONSE_MODES.join(', ')}`)
  const scopes = (get('scope') ?? '').split(' ')
  if (!scopes.includes('openid'))
    return { error: 'invalid_scope', description: 'scope must contain openid' }
  const codeChallenge = get('code_challenge') ?? null
  if (codeChallenge !== null && !/^[A-Za-z0-9_-]{43}$/.test(codeChallenge))
    return invalid('code_challenge must be a SHA-256 in base64url')
  const method = get('code_challenge_method')
  if (method !== undefined && codeChallenge === null) return invalid('code_challenge is missing')
  // Without a method it would be `plain` (RFC 7636 §4.3).
  if (codeChallenge !== null && method !== 'S256')
    return invalid('code_challenge_method must be S256')

  const prompts = (get('prompt') ?? '').split(' ').filter(Boolean)
  if (!prompts.every((prompt) => includes(PROMPTS, prompt)))
    return invalid(`prompt may contain only ${PROMPTS.join(', ')}`)
  if (prompts.includes('none') && prompts.length > 1)
    return invalid('prompt=none allows no other prompt')
  const maxAge = get('max_age')
  if (maxAge && !/^\d{1,9}$/.test(maxAge)) return invalid('max_age must be a number of seconds')
  return {
    scope: SCOPES.filter((scope) => scopes.includes(scope)).join(' '),
    nonce: get('nonce') ?? null,
    codeChallenge,
    prompts: new Set(prompts as Prompt[]),
    maxAgeSeconds: maxAge ? Number(maxAge) : undefined,
    loginHint: get('login_hint'),
    domainHint: get('domain_hint'),
    idTokenHint: get('id_token_hint'),
    returnedFrom: readReturn(get(AUTHENTICATED_AFTER), now),
  }
}

/** What a request demands of a session; times in milliseconds since 1970. */
export type Demand = {
  openedSince?: number
  authenticatedSince?: number
  /** True: the IdP authenticated the user anew, and its clock may be slow by the allowed skew. */
  grantsClockSkew?: boolean
  /** From `login_hint`. */
  email?: string
}

/**
 * Null: no session serves the request, the user must sign in. After a login, prompt and hint are
 * done: the session that was opened since then serves the request.
 */
export function demandOf(request: AuthorizationRequest, now: number): Demand | null {
  const { prompts, maxAgeSeconds, loginHint, returnedFrom } = request
  const isReturned = returnedFrom !== undefined
  if (!isReturned && (prompts.has('login') || prompts.has('select_account'))) return null
  // An authentication since we sent the user to the IdP is recent enough, however long the login
  // took. IdPs say whole seconds.
  const asked = isReturned ? Math.floor(returnedFrom / 1000) * 1000 : Infinity
  const oldest = maxAgeSeconds === undefined ? 0 : Math.min(asked, now - maxAgeSeconds * 1000)
  const since = Math.max(oldest, prompts.has('login') ? asked : 0)
  return {
    ...(isReturned && { openedSince: returnedFrom }),
    ...(since > 0 && { authenticatedSince: since, grantsClockSkew: isReturned }),
    ...(!isReturned && loginHint !== undefined && { email: loginHint }),
  }
}

function readReturn(text: string | undefined, now: number): number | undefined {
  const at = text && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  return at <= now && at > now - MAX_LOGIN_MILLISECONDS ? at : undefined
}

/** An empty parameter counts as omitted (RFC 6749 §3.1), and so does a repeated one. */
function single(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name)
  return values.length === 1 ? values[0] || undefined : undefined
}

function invalid(description: string): ProtocolError {
  return { error: 'invalid_request', description }
}

function includes<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value)
}
