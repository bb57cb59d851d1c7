// A caller of the API in tests. Each answer is held to what its route declares, so that document
// and behaviour cannot drift.
import { env } from 'cloudflare:workers'
import * as z from 'zod/mini'
import { codesOf } from '../../src/api/engine/openapi.ts'
import type { Route } from '../../src/api/engine/route.ts'
import { ROUTES } from '../../src/api/routes.ts'
import { problemSchema } from '../../src/api/engine/schema.ts'
import { createApiKey } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import type { Role } from '../../src/events/roles.ts'
import type { Env } from '../../src/env.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { askApp } from '../support/ask-app.ts'

export type Sent = {
  /** Sent as JSON; bytes and text as they are. */
  body?: unknown
  headers?: Record<string, string>
}

export type Answer = {
  status: number
  headers: Headers
  // Tests look into what the schema of the route has already let through.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

export type Caller = (method: string, path: string, sent?: Sent) => Promise<Answer>

/** `environment`: of a deployment that is set up otherwise than the tests' own. */
type CallerOptions = {
  fetch?: typeof fetch
  cookie?: string
  environment?: Env
  /** Called when the answer is there and the work after it is under way. */
  onAnswer?: () => void
}

/** Calls with that Authorization header, or with none. */
export function caller(authorization: string | null, options: CallerOptions = {}): Caller {
  const app = appWith(options.fetch ?? noNetwork)
  return async (method, path, { body, headers = {} } = {}) => {
    const isRaw =
      body === undefined ||
      typeof body === 'string' ||
      body instanceof Uint8Array ||
      body instanceof ReadableStream
    const response = await askApp(
      app,
      `${ORIGIN}/api/v1${path}`,
      {
        method,
        body: isRaw ? ((body as BodyInit | undefined) ?? null) : JSON.stringify(body),
        headers: {
          ...(!isRaw && { 'content-type': 'application/json' }),
          ...(authorization !== null && { authorization }),
          ...(options.cookie && { cookie: options.cookie }),
          ...headers,
        },
      },
      options.environment ?? env,
      options.onAnswer,
    )
    const text = await response.text()
    const answer = {
      status: response.status,
      headers: response.headers,
      body: isText(response) ? text : text === '' ? undefined : JSON.parse(text),
    }
    hold(method, path.split('?')[0]!, answer)
    return answer
  }
}

function isText({ headers }: Response): boolean {
  return /^text\/|x-ndjson/.test(headers.get('content-type') ?? '')
}

const apps = new Map<typeof fetch, ReturnType<typeof createApp>>()

/** One app for each network: an app makes its table of routes at its first request. */
function appWith(network: typeof fetch) {
  let app = apps.get(network)
  if (!app) apps.set(network, (app = createApp({ fetch: network })))
  return app
}

const noNetwork: typeof fetch = async () => {
  throw new TypeError('Network connection lost.')
}

/** A new key's caller: of operators (null) or of a tenant. */
export async function callerWithKey(
  tenantSid: string | null,
  options?: CallerOptions,
  role: Role = tenantSid === null ? 'owner' : 'admin',
): Promise<Caller> {
  const { secret } = good(
    await createApiKey(request(), { name: 'test', tenantSid, role, expiresInDays: 1 }),
  )
  return caller(`Bearer ${secret}`, options)
}

function routeOf(method: string, path: string): Route | undefined {
  return ROUTES.find(
    (route) =>
      route.method === method &&
      new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )
}

/** Throws where an answer is not as its route says. */
function hold(method: string, path: string, { status, headers, body }: Answer): void {
  const route = routeOf(method === 'HEAD' ? 'GET' : method, path)
  if (!route || method === 'HEAD' || status === 304) return
  if (status < 400) {
    if (status !== route.status) throw new Error(`${method} ${path} answered ${status}`)
    if (route.answer === null) {
      if (body !== undefined) throw new Error(`${method} ${path} answered something`)
      return
    }
    if (route.type) {
      if (headers.get('content-type') !== `${route.type}; charset=utf-8`)
        throw new Error(`${method} ${path} answered ${headers.get('content-type')}`)
      return
    }
    // Nothing is left out and nothing is added: what is answered is what is declared.
    const parsed = z.parse(route.answer, body)
    if (JSON.stringify(parsed) !== JSON.stringify(body))
      throw new Error(`${method} ${path} answered more than it declares`)
    return
  }
  const problem = z.parse(problemSchema, body)
  if (headers.get('content-type') !== 'application/problem+json')
    throw new Error(`${method} ${path} answered ${status} as ${headers.get('content-type')}`)
  if (!(codesOf(route) as string[]).includes(problem.code))
    throw new Error(`${method} ${path} answered ${problem.code}, which it does not declare`)
}
