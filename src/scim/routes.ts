// SCIM 2.0 over HTTP (RFC 7644), at /scim/v2/{connection}. Only the bearer token identifies the
// caller: no cookie is read, and no CORS header admits scripts of other origins.
import { Hono } from 'hono'
import { CATALOGUE } from '../errors.ts'
import { openDatabase } from '../platform/db/client.ts'
import { refuseGuess } from '../platform/http/limits.ts'
import { readRequestBody } from '../platform/http/request-body.ts'
import { retryAfter } from '../platform/http/retry-after.ts'
import { wordOf } from '../platform/log/kinds.ts'
import { noteRequest } from '../platform/log/request-notes.ts'
import { hashSecret, isSecret } from '../platform/secret.ts'
import type { App, AppContext } from '../platform/http/http.ts'
import { judgeUnexpected } from '../platform/http/unexpected.ts'
import { describeSchema, describeService, describeType, MOST_ON_A_PAGE } from './discovery.ts'
import { get, isObject, nameOf } from './filter.ts'
import { changePerson, createPerson, deletePerson, getPerson, listPeople } from './operations.ts'
import { bad, describeRefusal, ScimRefusal, type ScimType } from './refusal.ts'
import { project, render } from './resource.ts'
import { type ScimContext, type ScimPerson } from './store/people.ts'
import { useScimToken } from './store/tokens.ts'
import { SCIM_TOKEN_PREFIX, scimBase } from './token-operations.ts'

const MAX_BODY = 64 * 1024
const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const MEDIA_TYPES = new Set(['application/scim+json', 'application/json', 'text/json', ''])

export const scimRoutes = new Hono<App>()

scimRoutes.all('/*', async (c) => {
  const { req } = c
  // IdPs put the base URL and the path together: there may be two slashes, or one at the end.
  const [connectionSid = '', kind, name, ...rest] = req.path.split('/').filter(Boolean).slice(2)
  const asked = await authenticate(c, connectionSid)
  const base = scimBase(c.var.config.origin, connectionSid)
  const method = req.method === 'HEAD' ? 'GET' : req.method
  const query = req.query()
  // Measured before anything changes.
  const names = namesOf(query)
  const show = (person: ScimPerson, status: 200 | 201 = 200) => {
    const resource = render(person, base)
    const { version, location } = resource.meta
    c.header('etag', version)
    if (req.header('if-none-match') === version && method === 'GET') return c.body(null, 304)
    if (status === 201) c.header('location', location)
    return answer(c, project(resource, names), status)
  }
  const search = async (given: Record<string, unknown>) => {
    const shownNames = namesOf(given)
    const filter = get(given, 'filter') ?? undefined
    const startIndex = Math.max(1, readWhole(get(given, 'startindex'), 1))
    const most = readWhole(get(given, 'count'), MOST_ON_A_PAGE)
    const count = Math.min(MOST_ON_A_PAGE, Math.max(0, most))
    const { people, total } = await listPeople(asked, { filter, startIndex, count })
    const shown = people.map((person) => project(render(person, base), shownNames))
    return answer(c, listOf(shown, total, startIndex))
  }
  const isMatch = req.header('if-match')
  if (rest.length > 0) throw notFound()
  switch (`${method} ${kind}${name === undefined ? '' : '/'}`) {
    case 'GET Users':
      return search(query)
    case 'POST Users':
      return show(await createPerson(asked, await readBody(req.raw)), 201)
    case 'POST Users/':
      if (name !== '.search') throw unsupported()
      return search(await readBody(req.raw))
    case 'GET Users/':
      return show(await getPerson(asked, name!))
    case 'PUT Users/':
    case 'PATCH Users/':
      return show(
        await changePerson(asked, name!, method === 'PATCH', await readBody(req.raw), isMatch),
      )
    case 'DELETE Users/':
      await deletePerson(asked, name!, isMatch)
      return c.body(null, 204)
    case 'GET ServiceProviderConfig':
      return answer(c, describeService(base))
    case 'GET ResourceTypes':
      return answer(c, listOf([describeType(base)]))
    case 'GET Schemas':
      return answer(c, listOf([describeSchema(base)]))
    case 'GET Groups':
      return answer(c, listOf([]))
  }
  for (const described of [describeType(base), describeSchema(base)])
    if (method === 'GET' && base + '/' + kind + '/' + name === described.meta.location)
      return answer(c, described)
  throw method === 'GET' ? notFound() : unsupported(kind)
})

scimRoutes.onError((error, c) => {
  const unexpected = error instanceof ScimRefusal ? undefined : judgeUnexpected(error)
  const refusal =
    error instanceof ScimRefusal
      ? error
      : new ScimRefusal(
          CATALOGUE[unexpected!.code].status === 503 ? 503 : 500,
          'Internal error. The IdP can try again later.',
        )
  const { status, scimType } = refusal
  const code = unexpected?.code ?? (scimType && codeOf(scimType))
  noteRequest(c.req.raw, { code, ...unexpected?.log })
  if (status === 401) c.header('www-authenticate', 'Bearer')
  const headers = { ...retryAfter(status), ...unexpected?.headers }
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return answer(c as AppContext, describeRefusal(refusal), status)
})

/** `invalidFilter` as the log has it: `invalid_filter`. */
function codeOf(scimType: ScimType) {
  return wordOf(scimType.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`))
}

function notFound(): ScimRefusal {
  return new ScimRefusal(404, 'Nothing has this URL. Copy the base URL from the Provisioning page.')
}

function unsupported(kind?: string): ScimRefusal {
  return new ScimRefusal(
    501,
    kind === 'Groups'
      ? 'Groups are not provisioned: the IdP never grants permissions in the app. Turn off ' +
          'group provisioning (group push).'
      : 'This is not supported. ServiceProviderConfig lists the features that are.',
  )
}

const TOO_MANY = new ScimRefusal(429, 'Too many requests. The IdP can continue in a minute.')

/**
 * Authenticates the caller. Refuses 401, 429, and 403 where the connection is suspended: then the
 * IdP is not trusted.
 */
async function authenticate(c: AppContext, connectionSid: string): Promise<ScimContext> {
  const [, secret = ''] = /^bearer (gps_\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
  const isToken = isSecret(secret.slice(SCIM_TOKEN_PREFIX.length))
  const db = openDatabase(c.env.DB)
  const now = Date.now()
  const used = isToken
    ? await useScimToken(db, await hashSecret(secret), connectionSid, now)
    : undefined
  if (!used && secret && (await refuseGuess(c, 'scim_token', 'unknown')) !== 'unknown')
    throw TOO_MANY
  if (!used)
    throw new ScimRefusal(
      401,
      'The token is missing, has expired, was revoked or belongs to another connection. ' +
        'Create a token on the Provisioning page and enter it at the IdP.',
    )
  const { sid, name, tenantSid } = used.token
  if (!(await c.env.SCIM_BY_TOKEN.limit({ key: sid })).success) throw TOO_MANY
  if (used.isSuspended)
    throw new ScimRefusal(403, 'This connection is suspended. Ask support to resume it.')
  const { afterResponse } = c.var
  return {
    db,
    actor: { kind: 'scim', id: sid, name },
    now,
    afterResponse,
    scope: { tenantSid, connectionSid },
  }
}

/** Refuses 413, 415 and `invalidSyntax`. */
async function readBody(request: Request): Promise<Record<string, unknown>> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (!MEDIA_TYPES.has(type))
    throw new ScimRefusal(415, 'Send application/scim+json and name it in Content-Type.')
  const body = await readRequestBody(request, MAX_BODY)
  if (!body.ok && body.error === 'body_incomplete')
    throw bad('invalidSyntax', 'The body ended early. Send the request again.')
  if (!body.ok)
    throw new ScimRefusal(
      413,
      `More than ${MAX_BODY} bytes. Map fewer attributes: userName, name, emails and ` +
        'active are enough.',
    )
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.value))
  } catch {}
  if (!isObject(value)) throw bad('invalidSyntax', 'The body must be a JSON object in UTF-8.')
  return value
}

function readWhole(value: unknown, fallback: number): number {
  const text = String(value ?? fallback)
  if (!/^-?\d{1,9}$/.test(text))
    throw bad('invalidValue', 'startIndex and count must be whole numbers.')
  return Number(text)
}

/** Each name is compared with each attribute of each user on the page. */
const MAX_NAMES = 1000

/**
 * The query parameters `attributes` and `excludedAttributes`: a list, or text with commas. Refuses
 * `invalidValue`.
 */
function namesOf(given: Record<string, unknown>): [wanted: string[], unwanted: string[]] {
  const names = (name: string) => {
    const text = String(get(given, name) ?? '')
    if (text.length > MAX_NAMES)
      throw bad('invalidValue', `${name} takes at most ${MAX_NAMES} characters.`)
    return text.split(',').map(nameOf).filter(Boolean)
  }
  return [names('attributes'), names('excludedattributes')]
}

function listOf(Resources: unknown[], totalResults = Resources.length, startIndex = 1) {
  const itemsPerPage = Resources.length
  return { schemas: [LIST_SCHEMA], totalResults, startIndex, itemsPerPage, Resources }
}

function answer(c: AppContext, body: unknown, status: 200 | 201 | ScimRefusal['status'] = 200) {
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/scim+json' })
}
