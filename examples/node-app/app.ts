// A plain Node app whose users sign in through Gatepost, by OpenID Connect with three settings:
// `npx node examples/node-app/app.ts`. Drops its own session when Gatepost's session has ended.
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import * as oidc from 'openid-client'

const { ISSUER = '', CLIENT_ID = '', CLIENT_SECRET = '', APP_PORT = '8789' } = process.env
const origin = `http://localhost:${APP_PORT}`
const secret = oidc.ClientSecretBasic(CLIENT_SECRET)
// Plain http is for a developer's machine alone.
const execute = ISSUER.startsWith('http://localhost:') ? [oidc.allowInsecureRequests] : []
const gatepost = await oidc.discovery(new URL(ISSUER), CLIENT_ID, {}, secret, { execute })
const keys = createRemoteJWKSet(new URL(gatepost.serverMetadata().jwks_uri!))
/** Use a table in production, with the `sid` as a column, and delete old rows. */
const sessions = new Map<string, { claims: oidc.IDToken; idToken: string }>()

type Reply = { status: number; headers?: Record<string, string | string[]>; body?: string }
const routes: Record<string, (query: string, request: IncomingMessage) => Promise<Reply>> = {
  'GET /': async (_, request) => {
    const claims = sessions.get(cookieOf(request, 'session'))?.claims
    if (!claims) return page('Nobody is signed in', 'This app does not know you.', SIGN_IN)
    return page(`Signed in as ${claims.name}`, `${claims.email}, ${claims.sub}`, SIGN_OUT)
  },
  // Also registered as initiate_login_uri: a login that began at an IdP comes here.
  'GET /login': async () => {
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
    const verifier = oidc.randomPKCECodeVerifier()
    const to = oidc.buildAuthorizationUrl(gatepost, {
      redirect_uri: `${origin}/callback`,
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
    return redirect(to.href, cookie('login', `${state}.${nonce}.${verifier}`, 3600))
  },
  'GET /callback': async (query, request) => {
    // What this browser has begun is in its cookie: an answer to anything else is refused.
    const [state, nonce, verifier] = cookieOf(request, 'login').split('.')
    if (!state || !nonce || !verifier) throw new Error('no login was begun in this browser')
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier }
    const url = new URL(`${origin}/callback?${query}`)
    const tokens = await oidc.authorizationCodeGrant(gatepost, url, checks)
    const id = randomUUID()
    sessions.set(id, { claims: tokens.claims()!, idToken: tokens.id_token! })
    return redirect('/', cookie('login', '', 0), cookie('session', id, 8 * 3600))
  },
  // Registered as the password page: who has no SSO comes here, with the request as it was and the
  // e-mail that was entered.
  'GET /password': async (query, request) => {
    const { state, login_hint } = Object.fromEntries(new URLSearchParams(query))
    if (!cookieOf(request, 'login').startsWith(`${state}.`)) return redirect('/login')
    return page('Your password, please', `${login_hint} does not have single sign-on.`)
  },
  'POST /logout': async (_, request) => {
    const id = cookieOf(request, 'session')
    const id_token_hint = sessions.get(id)?.idToken
    if (!id_token_hint || !sessions.delete(id)) return redirect('/') // as from other sites: SameSite
    const to = { post_logout_redirect_uri: `${origin}/`, id_token_hint }
    return redirect(oidc.buildEndSessionUrl(gatepost, to).href, cookie('session', '', 0))
  },
  // OpenID Connect Back-Channel Logout 1.0 §2.6. Not a browser asks, but Gatepost.
  'POST /backchannel-logout': async (_, request) => {
    let form = ''
    for await (const chunk of request) if ((form += chunk).length > 9999) return { status: 413 }
    const token = new URLSearchParams(form).get('logout_token') ?? ''
    const ours = { issuer: ISSUER, audience: CLIENT_ID, typ: 'logout+jwt' }
    const required = { requiredClaims: ['exp', 'iat', 'sub'] }
    const { payload } = await jwtVerify(token, keys, { ...ours, ...required })
    // Without a `sid` it means all sessions of the person that have begun until then.
    const hasEnded = ({ sid, sub, iat }: oidc.IDToken) =>
      payload['sid'] === undefined
        ? sub === payload.sub && iat <= payload.iat!
        : sid === payload['sid']
    for (const [id, { claims }] of sessions) if (hasEnded(claims)) sessions.delete(id)
    return { status: 204 }
  },
}

const HEAD = `<!doctype html><html lang="en"><title>Example app</title><style>:root { font: 18px
  system-ui; color-scheme: light dark }</style><meta name="viewport" content="width=device-width">`
const SIGN_IN = '<form action="/login"><button>Sign in</button></form>'
const SIGN_OUT = '<form action="/logout" method="post"><button>Sign out</button></form>'
const escape = (text: string) => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
function page(title: string, text: string, form = '', status = 200): Reply {
  return { status, body: `${HEAD}<h1>${escape(title)}</h1><p>${escape(text)}</p>${form}` }
}
function redirect(location: string, ...cookies: string[]): Reply {
  return { status: 303, headers: { location, 'set-cookie': cookies } }
}
// `__Host-`: set by this host alone, over https. Safari keeps no Secure cookie of http://localhost.
// Cookies ignore ports: Gatepost's on localhost have other names.
const [prefix, secure] = origin.startsWith('https:') ? ['__Host-app', 'Secure; '] : ['app', '']
const cookie = (name: string, value: string, seconds: number) =>
  `${prefix}-${name}=${value}; Path=/; ${secure}HttpOnly; SameSite=Lax; Max-Age=${seconds}`
const cookieOf = ({ headers }: IncomingMessage, name: string) =>
  RegExp(`(?:^|; )${prefix}-${name}=([^;]*)`).exec(headers.cookie ?? '')?.[1] ?? ''

createServer(async (request, response) => {
  const [path, query = ''] = request.url!.split('?')
  const failed = async () => page('That did not work', 'Please begin again.', SIGN_IN, 400)
  const route = routes[`${request.method} ${path}`] ?? failed
  const { status, headers, body } = await route(query, request).catch(failed)
  const always = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(status, { ...always, ...headers }).end(body)
}).listen(Number(APP_PORT), '127.0.0.1', () => console.log(`example app: ready at ${origin}`))
