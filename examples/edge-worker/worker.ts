// A Worker in front of an app, on its origin. Lets signed-in people through, sends others to
// Gatepost. The session is the ID token in a cookie, verified here with Gatepost's keys. Nothing is
// stored.
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose'
import * as oauth from 'oauth4webapi'

type Env = { ISSUER: string; CLIENT_ID: string; SESSION_SECONDS: string }
const SESSION = 'edge-session'
const LOGIN = 'edge-login'
let keys: ReturnType<typeof createRemoteJWKSet> | undefined

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/signed-in') return signedIn(request, env).catch(() => failed())
    if (pathname === '/sign-out' && request.method === 'POST') return signOut(request, env)
    const session = await verify(cookieOf(request, env, SESSION), env).catch(() => undefined)
    if (session) return app(session)
    // What a script asks for is no page that can be sent away.
    const isPage = ['navigate', null].includes(request.headers.get('sec-fetch-mode'))
    return isPage && request.method === 'GET' ? signIn(request, env) : failed(401)
  },
} satisfies ExportedHandler<Env>

/** For an older token, Gatepost gives another, but not to a signed-out or suspended person. */
async function verify(token: string, { ISSUER, CLIENT_ID, SESSION_SECONDS }: Env) {
  keys ??= createRemoteJWKSet(new URL(`${ISSUER}/oauth2/jwks`))
  const expected = { issuer: ISSUER, audience: CLIENT_ID, typ: 'JWT', algorithms: ['RS256'] }
  const age = { maxTokenAge: Number(SESSION_SECONDS), clockTolerance: 5 }
  return (await jwtVerify(token, keys, { ...expected, ...age })).payload
}

async function signIn(request: Request, env: Env): Promise<Response> {
  const { ISSUER, CLIENT_ID } = env
  const { origin, pathname, search } = new URL(request.url)
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const verifier = oauth.generateRandomCodeVerifier()
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    redirect_uri: `${origin}/signed-in`,
    response_type: 'code',
    scope: 'openid email profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const begun = `${state}|${nonce}|${verifier}|${encodeURIComponent(pathname + search)}`
  return redirect(`${ISSUER}/oauth2/authorize?${query}`, cookie(env, LOGIN, begun, 3600))
}

async function signedIn(request: Request, env: Env): Promise<Response> {
  const { ISSUER, CLIENT_ID } = env
  const { origin, searchParams } = new URL(request.url)
  // What this browser has begun is in its cookie: an answer to anything else is refused.
  const [state, nonce, verifier, path] = cookieOf(request, env, LOGIN).split('|')
  if (!state || !nonce || !verifier || !path) return failed()
  // What its discovery document says, once and for all.
  const gatepost = {
    issuer: ISSUER,
    token_endpoint: `${ISSUER}/oauth2/token`,
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  }
  const [client, none] = [{ client_id: CLIENT_ID }, oauth.None()]
  const code = oauth.validateAuthResponse(gatepost, client, searchParams, state)
  const http = { [oauth.allowInsecureRequests]: isLocal(env) }
  const ask = [code, `${origin}/signed-in`, verifier, http] as const
  const answer = await oauth.authorizationCodeGrantRequest(gatepost, client, none, ...ask)
  const checks = { expectedNonce: nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(gatepost, client, answer, checks)
  const session = cookie(env, SESSION, tokens.id_token!, 8 * 3600)
  return redirect(origin + decodeURIComponent(path), session, cookie(env, LOGIN, '', 0))
}

function signOut(request: Request, env: Env): Response {
  const id_token_hint = cookieOf(request, env, SESSION)
  if (!id_token_hint) return failed() // as from other sites: SameSite
  const hint = { client_id: env.CLIENT_ID, id_token_hint }
  const to = `${env.ISSUER}/oauth2/logout?${new URLSearchParams(hint)}`
  return redirect(to, cookie(env, SESSION, '', 0))
}

/**
 * In production: `fetch(request)`, which continues to the app, with a header that names the person.
 */
function app({ sub, email, name }: JWTPayload): Response {
  const who = `${name} (${email}, ${sub})`.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
  const form = '<form action="/sign-out" method="post"><button>Sign out</button></form>'
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
  return new Response(`<!doctype html><title>Edge</title><h1>Signed in</h1><p>${who}</p>${form}`, {
    headers,
  })
}

const failed = (status = 400) => new Response('Please open the page again.', { status })
function redirect(location: string, ...cookies: string[]): Response {
  const headers = cookies.map((one): [string, string] => ['set-cookie', one])
  return new Response(null, { status: 303, headers: [['location', location], ...headers] })
}
// Plain http is for a developer's machine alone. Safari keeps no Secure cookie there.
const isLocal = ({ ISSUER }: Env) => ISSUER.startsWith('http://localhost:')
const nameOf = (env: Env, name: string) => (isLocal(env) ? name : `__Host-${name}`)
const cookie = (env: Env, name: string, value: string, seconds: number) =>
  `${nameOf(env, name)}=${value}; Path=/; ${isLocal(env) ? '' : 'Secure; '}HttpOnly; ` +
  `SameSite=Lax; Max-Age=${seconds}`
const cookieOf = ({ headers }: Request, env: Env, name: string) =>
  RegExp(`(?:^|; )${nameOf(env, name)}=([^;]*)`).exec(headers.get('cookie') ?? '')?.[1] ?? ''
