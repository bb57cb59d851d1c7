// createApi(): ROUTES over HTTP. `authenticate` alone says who the caller is; cookies are not read.
import { Hono, type Context } from 'hono'
import { roleOf, type Actor } from '../../events/actor.ts'
import { hasPermission, rolesWith } from '../../events/roles.ts'
import { openDatabase } from '../../platform/db/client.ts'
import { openHistory } from '../../platform/db/history.ts'
import type { Env, MailEnv } from '../../env.ts'
import type { ErrorCode } from '../../errors.ts'
import type { OperationContext as Asked } from '../../events/operation-context.ts'
import { problem, type Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { openMail, openMailToCopy } from '../../mail/open-mail.ts'
import { judgeUnexpected } from '../../platform/http/unexpected.ts'
import { openKeyValueStore } from '../../platform/kv/kv.ts'
import { noteRequest, type RequestNotes } from '../../platform/log/request-notes.ts'
import { streamLines } from '../../platform/http/stream-lines.ts'
import { isFresh, renderTag, versionOf } from './entity-tag.ts'
import { createOnce, readKey } from './idempotency.ts'
import { renderDocument } from './openapi.ts'
import { problemResponse } from './problem.ts'
import { readBody, readQuery } from './read.ts'
import type { ApiConfig, ApiRequest, Route } from './route.ts'
import { ROUTES } from '../routes.ts'

export type ApiEnv = {
  Bindings: Pick<Env, 'DB' | 'HISTORY'> & Partial<Pick<Env, 'RELAY'>> & MailEnv
  Variables: {
    config: ApiConfig
    network: Asked['network']
    afterResponse?: NonNullable<Asked['afterResponse']>
  }
}
type ApiHonoContext = Context<ApiEnv>

/** What the log gets of a refusal: codes and references, never what the caller sent. */
export type ApiLog = (notes: RequestNotes, request: Request) => void

const DOCUMENT_PATH = '/openapi.json'

/** Needs `config` and `network` in the context's variables, as app.ts sets them. */
export function createApi(
  authenticate: (c: ApiHonoContext) => Promise<Actor | 'unauthenticated' | 'too_many_requests'>,
  log: ApiLog = (notes, request) => noteRequest(request, notes),
): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>()
  api.all(DOCUMENT_PATH, (c) =>
    c.req.method === 'GET' || c.req.method === 'HEAD'
      ? c.body(renderDocument(), 200, { 'content-type': 'application/json' })
      : refuse(c, log, { code: 'method_not_allowed' }, { allow: 'GET, HEAD' }),
  )
  for (const [path, routes] of Map.groupBy(ROUTES, ({ path }) => path))
    api.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
      const route = routes.find((one) => one.method === method)
      const allow = routes.flatMap((one) => (one.method === 'GET' ? ['GET', 'HEAD'] : one.method))
      if (!route) return refuse(c, log, { code: 'method_not_allowed' }, { allow: allow.join(', ') })
      const actor = await authenticate(c)
      if (actor === 'unauthenticated')
        return refuse(c, log, { code: actor }, { 'www-authenticate': 'Bearer' })
      if (actor === 'too_many_requests') return refuse(c, log, { code: actor })
      const answer = await serve(c, route, actor)
      return answer instanceof Response ? answer : refuse(c, log, answer)
    })
  api.all('*', (c) => refuse(c, log, { code: 'not_found' }))
  api.onError((error, c) => {
    const { code, headers, log: details } = judgeUnexpected(error)
    return refuse(c, log, { code }, headers, details)
  })
  return api
}

async function serve(c: ApiHonoContext, route: Route, actor: Actor): Promise<Response | Problem> {
  const role = roleOf(actor)
  if (role !== undefined && !hasPermission(role, route.permission))
    return problem('role', rolesWith(route.permission), role).error
  const query = readQuery(new URL(c.req.url), route)
  if (!query.ok) return query.error
  const body = await readBody(c.req.raw, route)
  if (!body.ok) return body.error
  const { config, network, afterResponse } = c.var
  const db = openDatabase(c.env.DB)
  const history = openHistory(c.env.HISTORY)
  const context: Asked = { db, history, actor, now: Date.now(), network, afterResponse }
  const { RELAY } = c.env
  const key = route.again && c.req.header('idempotency-key')
  if (key !== undefined) {
    const read = await readKey(context, c.req.path, key, body.value.bytes)
    if (!read.ok) return read.error
    context.idempotency = read.value
  }
  const call: ApiRequest = {
    context,
    config,
    params: c.req.param(),
    query: query.value,
    body: body.value.value,
    ifVersion: route.ifMatch && versionOf(c.req.header('if-match')),
    mail: () => openMail(c.env, config),
    mailToCopy: () => openMailToCopy(c.env, config),
    kv: RELAY ? openKeyValueStore(RELAY) : null,
  }
  const seen = c.req.header('if-none-match')
  if (route.versioned && seen !== undefined) {
    const version = await route.versioned.now(call)
    if (!version.ok) return version.error
    const tag = `"${version.value}"`
    if (isFresh(seen, tag)) return new Response(null, { status: 304, headers: { etag: tag } })
  }
  if (!context.idempotency) return toResponse(c, route, await route.handle(call))
  const created = await createOnce(route, call)
  if (!created.ok) return created.error
  const { answer, replayed } = created.value
  const response = await toResponse(c, route, { ok: true, value: answer })
  if (replayed && response instanceof Response) response.headers.set('idempotent-replayed', 'true')
  return response
}

/** The response has what its schema names: other columns of a row stay inside. */
async function toResponse(
  c: ApiHonoContext,
  route: Route,
  outcome: Result<unknown, Problem>,
): Promise<Response | Problem> {
  if (!outcome.ok) return outcome.error
  if (route.answer === null) return new Response(null, { status: route.status })
  if (route.type) return streamLines(route.type, outcome.value as AsyncIterable<string>)
  const headers = new Headers({ 'content-type': 'application/json' })
  if (route.text) headers.set('vary', 'accept')
  if (route.text && accepts(c.req.header('accept'), route.text.type)) {
    headers.set('content-type', route.text.type)
    return new Response(route.text.render(outcome.value), { headers })
  }
  const answer = route.answer.parse(outcome.value)
  if (route.location) {
    const base = c.req.path.slice(0, c.req.path.length - pathOf(c, route).length)
    headers.set('location', base + route.location(answer))
  }
  if (route.versioned) headers.set('etag', `"${route.versioned.of(answer)}"`)
  if (route.tagged) {
    const tag = await renderTag(route.tagged(answer))
    headers.set('etag', tag)
    if (route.method === 'GET' && isFresh(c.req.header('if-none-match'), tag))
      return new Response(null, { status: 304, headers: { etag: tag } })
  }
  return new Response(JSON.stringify(answer), { status: route.status, headers })
}

/** Whether the header names the media type, whose parameters do not count. */
function accepts(accept: string | undefined, type: string): boolean {
  const [media] = type.split(';') as [string]
  return (accept ?? '').split(',').some((one) => one.split(';')[0]!.trim().toLowerCase() === media)
}

/** The request's path below the API's base. */
function pathOf(c: ApiHonoContext, route: Route): string {
  const depth = route.path.split('/').length - 1
  return `/${c.req.path.split('/').slice(-depth).join('/')}`
}

function refuse(
  c: ApiHonoContext,
  log: ApiLog,
  problem: Partial<Problem> & { code: ErrorCode },
  headers: Readonly<Record<string, string>> = {},
  details: RequestNotes = {},
): Response {
  const reference = crypto.randomUUID()
  log({ code: problem.code, reference, ...details }, c.req.raw)
  return problemResponse(problem, reference, headers)
}
