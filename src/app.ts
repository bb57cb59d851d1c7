// createApp(): security headers, the routes, and the one place where an error becomes a page.
import { Hono } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { problemResponse } from './api/engine/problem.ts'
import { publicNetwork } from './platform/network/public-network.ts'
import { openDatabase } from './platform/db/client.ts'
import { openKeyValueStore } from './platform/kv/kv.ts'
import { readConfig } from './env.ts'
import { CATALOGUE, type ErrorCode } from './errors.ts'
import { wordsFor, type Words } from './error-words.ts'
import { recordedSoFar } from './events/outbox/recorded.ts'
import { againPath } from './login/connection-of.ts'
import { readLoginSecrets } from './login/login-secret.ts'
import { loginRoutes } from './login/routes.tsx'
import { isForPrograms, oidcRoutes } from './oidc/routes.tsx'
import { createSid } from './ids.ts'
import { runAfterResponse } from './platform/http/after-response.ts'
import { isForm, readForm, type App, type AppContext } from './platform/http/http.ts'
import { logRequest, noteRoute } from './platform/http/log-request.ts'
import { releaseBody } from './platform/http/large-bodies.ts'
import { noteRequest } from './platform/log/request-notes.ts'
import { keepLanguage, openFrame } from './platform/http/frame.ts'
import { ErrorPage } from './platform/http/pages.tsx'
import { retryAfter } from './platform/http/retry-after.ts'
import { Refused } from './platform/http/refused.ts'
import { setSecurityHeaders } from './platform/http/security-headers.ts'
import { judgeUnexpected } from './platform/http/unexpected.ts'

type AppOptions = { fetch?: typeof fetch }

/** `readsForms`: its routes read their own forms, with files. */
type Area = { load: () => Promise<Hono<any>>; readsForms?: true }

/** Parts of the app that no login needs. Each is evaluated when its first request comes. */
const AREAS: Readonly<Record<string, Area>> = {
  '/api/v1': { load: loadApi, readsForms: true },
  '/scim/v2': {
    load: async () => (await import('./scim/routes.ts')).scimRoutes,
    readsForms: true,
  },
  '/revocation': {
    load: async () => (await import('./revocation/routes.ts')).revocationRoutes,
    readsForms: true,
  },
  '/console': {
    load: async () => (await import('./console/operator/routes.tsx')).consoleRoutes,
    readsForms: true,
  },
  '/assets': { load: async () => (await import('./console/kit/assets.ts')).assetRoutes },
  '/setup': {
    load: async () => (await import('./console/portal/routes.tsx')).setupRoutes,
    readsForms: true,
  },
  '/login/recovery': {
    load: async () => (await import('./rollout/break-glass/routes.tsx')).recoveryRoutes,
  },
  '/recovery-codes': {
    load: async () => (await import('./rollout/break-glass/own-codes/routes.tsx')).ownCodeRoutes,
  },
  '/mail': { load: async () => (await import('./mail/routes.tsx')).mailRoutes },
  '/oauth2/logout': {
    load: async () => (await import('./oidc/logout/routes.tsx')).logoutRoutes,
  },
}

/** `fetch` requests administrators' URLs; tests pass their own. */
export function createApp(options: AppOptions = {}): Hono<App> {
  // Hono's own router builds one regular expression of all routes at the first request.
  const app = new Hono<App>({ router: new TrieRouter() })
  app.onError(showError)
  app.use(logRequest)
  // Before the common rules: each area applies them itself.
  for (const [path, area] of Object.entries(AREAS))
    app.all(`${path}/*`, serveArea(path, area, options))
  applyCommonRules(app, options)
  app.use(refuseSamlRequests)
  app.route('/', loginRoutes)
  app.route('/', oidcRoutes)
  app.all('/saml/:connection/acs', () => {
    throw new Refused('method_not_allowed')
  })
  return app
}

/** Hono adds no routes after the first request, so each area is an app of its own. */
function serveArea(path: string, { load, readsForms }: Area, options: AppOptions) {
  let loaded: Promise<Hono<App>> | undefined
  const create = async () => {
    const area = new Hono<App>()
    area.onError(showError)
    applyCommonRules(area, options)
    if (!readsForms) area.use(refuseSamlRequests)
    area.route(path, await load())
    if (readsForms) area.use(refuseSamlRequests)
    return area
  }
  return async (c: AppContext) => {
    const area = await (loaded ??= create())
    return area.fetch(c.req.raw, c.env, c.executionCtx)
  }
}

/** The same for every route: headers, configuration and work after the response. */
function applyCommonRules(app: Hono<App>, options: AppOptions): void {
  app.use(noteRoute)
  app.use(setSecurityHeaders)
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', async (c) => {
    const { isReady } = await import('./health/ready.ts')
    if (await isReady(c.env, Date.now())) return c.json({ status: 'ready' })
    noteRequest(c.req.raw, { isAnswer: true })
    return c.json({ status: 'not ready' }, 503, retryAfter(503))
  })
  app.get('/favicon.ico', (c) => c.body(null, 204))
  app.use(async (c, next) => {
    const config = readConfig(c.env)
    // A deployment that cannot log anyone in says so on its first page.
    readLoginSecrets(config.loginSecrets)
    c.set('config', config)
    c.set('network', publicNetwork(config.isLocal, options.fetch))
    await next()
  })
  app.use(keepLanguage)
  app.use(workAfterwards)
  app.notFound(() => {
    throw new Refused('not_found')
  })
}

async function loadApi(): Promise<Hono<any>> {
  const { createApi } = await import('./api/engine/api.ts')
  const { actorOfBearer } = await import('./access/caller.ts')
  const { refuseGuess } = await import('./platform/http/limits.ts')
  return createApi(async (c) => {
    const db = openDatabase(c.env.DB)
    const actor = await actorOfBearer(db, c.req.header('authorization'), Date.now())
    if (actor || c.req.header('authorization') === undefined) return actor ?? 'unauthenticated'
    return refuseGuess(c as unknown as AppContext, 'api_key', 'unauthenticated')
  })
}

/**
 * Does the work that the request left for after its response. After a failure, a cron job does it.
 */
async function workAfterwards(c: AppContext, next: () => Promise<void>): Promise<void> {
  c.set('afterResponse', new Set())
  c.set('offers', [])
  const before = recordedSoFar()
  await next()
  releaseBody(c.req.raw)
  const { config, network, afterResponse, offers } = c.var
  if (afterResponse.has('send_logout_tokens'))
    runAfterResponse(c, 'send_logout_tokens', async () => {
      const { deliverLogoutTokens } = await import('./oidc/back-channel/deliver.ts')
      await deliverLogoutTokens({ db: openDatabase(c.env.DB), config, network, now: Date.now() })
    })
  const hasEnded = afterResponse.has('send_logout_tokens')
  if (recordedSoFar() !== before || offers.length > 0 || hasEnded)
    runAfterResponse(c, 'deliver_events', async () => {
      const { wakeDelivery } = await import('./deliver-events.ts')
      await wakeDelivery({ env: c.env, network, offers })
    })
  if (afterResponse.has('copy_key_set'))
    runAfterResponse(c, 'copy_key_set', async () => {
      const { copyKeySet } = await import('./oidc/signing-keys/key-set-copy.ts')
      await copyKeySet(openDatabase(c.env.DB), openKeyValueStore(c.env.RELAY), Date.now())
    })
}

/** Refuses a LogoutRequest at any URL: there is no Single Logout. Reads the form of a POST once. */
async function refuseSamlRequests(c: AppContext, next: () => Promise<void>): Promise<void> {
  if (c.req.query('SAMLRequest') !== undefined) throw new Refused('single_logout_unsupported')
  if (c.req.method === 'POST' && isForm(c.req.raw)) {
    const form = await readForm(c.req.raw)
    if (form.has('SAMLRequest')) throw new Refused('single_logout_unsupported')
    c.set('form', form)
  }
  await next()
}

async function showError(error: Error, c: AppContext) {
  const refused = error instanceof Refused ? error : undefined
  const unexpected = refused ? undefined : judgeUnexpected(error)
  const code: ErrorCode = refused?.code ?? unexpected!.code
  const reference = refused?.reference ?? createSid('RQ')
  const { status } = CATALOGUE[code]
  noteRequest(c.req.raw, { code, reference, subject: refused?.subject, ...unexpected?.log })
  const headers = { ...retryAfter(status), ...unexpected?.headers }
  if (c.req.path.startsWith('/api/')) return problemResponse({ code }, reference, headers)
  if (c.req.path.startsWith('/revocation/')) {
    const challenge = status === 401 && { 'www-authenticate': 'Bearer' }
    return problemResponse({ code }, reference, { ...headers, ...challenge })
  }
  if (isForPrograms(c.req.path)) {
    const error = status >= 500 ? 'server_error' : 'invalid_request'
    return c.json({ error }, status, headers)
  }
  c.set('hasOwnFiles', false)
  const words = wordsOfAdmin(c.req.path, code)
  const page = ErrorPage({
    code,
    words,
    reference,
    supportContact: refused?.branding?.supportContact ?? null,
    restartURL: refused?.restartURL,
    otherAccount: refused?.otherAccount,
    retryURL: unexpected && code !== 'not_configured' ? retryURLOf(c) : undefined,
    // Console and portal are in English.
    frame: await openFrame(c, { tag: words && 'en', own: refused?.branding }),
  })
  return c.html(page, status, headers)
}

/** Undefined on a page of a sign-in. */
function wordsOfAdmin(path: string, code: ErrorCode): Words | undefined {
  if (path.startsWith('/console')) return wordsFor({ code }, 'operator', 'page')
  return path.startsWith('/setup') ? wordsFor({ code }, 'customer', 'page') : undefined
}

/** What “Try again” opens. A POST cannot be a link: its login begins again. */
function retryURLOf(c: AppContext): string | undefined {
  const { pathname, search } = new URL(c.req.url)
  const origin = c.get('config')?.origin
  if (c.req.method === 'GET') return origin && `${origin}${pathname}${search}`
  const [, acsOf] = /^\/saml\/(CN[0-9a-f]{32})\/acs$/.exec(pathname) ?? []
  if (acsOf) return againPath(acsOf)
  const returnTo = c.get('form')?.get('return_to')
  if (pathname !== '/login') return undefined
  return `/login${returnTo ? `?${new URLSearchParams({ return_to: returnTo })}` : ''}`
}
