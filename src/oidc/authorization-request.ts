// An authorization request, read and judged as far as it can be without asking the database (RFC
// 6749 §4.1.1, OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3). Pure.
import { AUTHENTICATED_AFTER } from '../login/pending-request.ts'

export const SCOPES = ['openid', 'email', 'profile', 'offline_access'] as const
export const RESPONSE_MODES = ['query', 'form_post'] as const
/** `consent` asks for nothing here: clients are the vendor's own. */
export const PROMPTS = ['none', 'login', 'select_account', 'consent'] as const
type Prompt = (typeof PROMPTS)[number]

/** As it comes in a URL; room is left for what goes with it into a return target. */
const MAX_LENGTH = 5500
/** A request that has been to a login longer ago than this comes back as a new one. */
const MAX_LOGIN_MILLISECONDS = 30 * 60_000
/**
 * The greatest clock skew of a connection: an IdP may say by so much too early when somebody
 * authenticated.
 */
const MAX_SKEW_MILLISECONDS = 300_000

/**
 * Whom an answer would go to. Nothing is sent there before client and URI have been found to belong
 * together.
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
  codeChallenge: string
  prompts: ReadonlySet<Prompt>
  maxAgeSeconds: number | undefined
  loginHint: string | undefined
  domainHint: string | undefined
  idTokenHint: string | undefined
  /** When it went to the login that it comes back from; undefined: it has not been to one. */
  returnedFrom: number | undefined
}

export type ProtocolError = { error: string; description: string }

/** A string says what is missing for an answer to be sent anywhere. */
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

/**
 * Parameters that we do not know are ignored, as the standards demand; so are values of `scope`
 * that we do not know.
 */
export function readAuthorizationRequest(
  parameters: URLSearchParams,
  now: number,
): AuthorizationRequest | ProtocolError {
  const names = [...parameters.keys()]
  if (new Set(names).size < names.length) return invalid('a parameter comes more than once')
  if (parameters.toString().length > MAX_LENGTH) return invalid('the request is too long')
  const get = (name: string) => single(parameters, name)
  for (const name of ['request', 'request_uri', 'registration'])
    if (get(name)) return { error: `${name}_not_supported`, description: `${name} is not taken` }

  const responseType = get('response_type')
  if (!responseType) return invalid('response_type is missing')
  if (responseType !== 'code')
    return { error: 'unsupported_response_type', description: 'response_type must be code' }
  const responseMode = get('response_mode') ?? 'query'
  if (!includes(RESPONSE_MODES, responseMode))
    return invalid(`response_mode must be one of ${RESPONSE_MODES.join(', ')}`)
  const scopes = (get('scope') ?? '').split(' ')
  if (!scopes.includes('openid'))
    return { error: 'invalid_scope', description: 'scope must have openid' }
  const codeChallenge = get('code_challenge') ?? ''
  if (!/^[A-Za-z0-9_-]{43}$/.test(codeChallenge))
    return invalid('PKCE is required: code_challenge is missing, or no SHA-256 in base64url')
  // Without a method it would be `plain` (RFC 7636 §4.3).
  if (get('code_challenge_method') !== 'S256') return invalid('code_challenge_method must be S256')

  const prompts = (get('prompt') ?? '').split(' ').filter(Boolean)
  if (!prompts.every((prompt) => includes(PROMPTS, prompt)))
    return invalid(`prompt must be of ${PROMPTS.join(', ')}`)
  if (prompts.includes('none') && prompts.length > 1) return invalid('prompt=none stands alone')
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

/** What a session has to be to serve a request; times in milliseconds since 1970. */
export type Demand = {
  openedSince?: number
  authenticatedSince?: number
  /** Of a hint: the person that the app has in mind. */
  email?: string
}

/**
 * Null: no session serves, somebody has to sign in. A request that comes back from a login has had
 * its prompt and its hint: the session that was opened since serves it.
 */
export function demandOf(request: AuthorizationRequest, now: number): Demand | null {
  const { prompts, maxAgeSeconds, loginHint, returnedFrom } = request
  const isReturned = returnedFrom !== undefined
  if (!isReturned && (prompts.has('login') || prompts.has('select_account'))) return null
  // The IdP was made to ask: by its clock, that may have been before.
  const asked = isReturned ? returnedFrom - MAX_SKEW_MILLISECONDS : Infinity
  const oldest = maxAgeSeconds === undefined ? 0 : Math.min(asked, now - maxAgeSeconds * 1000)
  const since = Math.max(oldest, prompts.has('login') ? asked : 0)
  return {
    ...(isReturned && { openedSince: returnedFrom }),
    ...(since > 0 && { authenticatedSince: since }),
    ...(!isReturned && loginHint !== undefined && { email: loginHint }),
  }
}

function readReturn(text: string | undefined, now: number): number | undefined {
  const at = text && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  return at <= now && at > now - MAX_LOGIN_MILLISECONDS ? at : undefined
}

/**
 * Without a value it counts as left out (RFC 6749 §3.1); twice, as nothing that could be believed.
 */
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
