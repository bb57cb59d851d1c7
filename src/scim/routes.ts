// SCIM 2.0 over HTTP (RFC 7644), at /scim/v2/{connection}. Who asks is told by the bearer token and by nothing else: no cookie is read
// here, and no script of another origin is let in.
import { Hono } from 'hono'
import { openDatabase } from '../db/client.ts'
import { readLimited } from '../read-limited.ts'
import { hashSecret, isSecret } from '../secret.ts'
import type { App, AppContext } from '../web/http.ts'
import {
  describeService,
  describeUserSchema,
  describeUserType,
  MOST_ON_A_PAGE,
} from './discovery.ts'
import { get, isObject } from './filter.ts'
import {
  createPerson,
  deletePerson,
  getPerson,
  listPeople,
  patchPerson,
  replacePerson,
  type Asked,
} from './operations.ts'
import { bad, describeRefusal, ScimRefusal } from './refusal.ts'
import { project, render, USER_SCHEMA, versionOf } from './resource.ts'
import { useScimToken, type Person } from './store.ts'
import { SCIM_TOKEN_PREFIX, scimBase } from './token-operations.ts'

const MAX_BODY = 64 * 1024
const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const MEDIA_TYPES = new Set(['application/scim+json', 'application/json', 'text/json', ''])

export const scimRoutes = new Hono<App>()

scimRoutes.onError((error, c) => {
  // An error's message may quote values of the database: it stays out of log and answer.
  const refusal =
    error instanceof ScimRefusal
      ? error
      : new ScimRefusal(500, 'Something went wrong here. The IdP may try again later.')
  const { status, scimType } = refusal
  console.log(
    JSON.stringify({
      event: 'scim_refused',
      status,
      scimType,
      detail: refusal === error ? undefined : placeOf(error),
    }),
  )
  if (status === 401) c.header('www-authenticate', 'Bearer')
  if (status === 429) c.header('retry-after', '60')
  return answer(c as AppContext, describeRefusal(refusal), status)
})

scimRoutes.get('/:connection/Users', async (c) => {
  const asked = await authenticate(c)
  return list(c, asked, {
    filter: c.req.query('filter'),
    startIndex: c.req.query('startIndex'),
    count: c.req.query('count'),
    attributes: c.req.query('attributes')?.split(','),
    excludedAttributes: c.req.query('excludedAttributes')?.split(','),
  })
})

scimRoutes.post('/:connection/Users/.search', async (c) => {
  const asked = await authenticate(c)
  const body = await readBody(c)
  if (!isObject(body)) throw bad('invalidSyntax', 'Send a search request as a JSON object.')
  return list(c, asked, body)
})

scimRoutes.post('/:connection/Users', async (c) => {
  const asked = await authenticate(c)
  return show(c, await createPerson(asked, await readBody(c)), 201)
})

scimRoutes.get('/:connection/Users/:user', async (c) => {
  const person = await getPerson(await authenticate(c), c.req.param('user'))
  const version = versionOf(person)
  if (c.req.header('if-none-match') === version) return c.body(null, 304, { etag: version })
  return show(c, person)
})

scimRoutes.put('/:connection/Users/:user', async (c) => {
  const asked = await authenticate(c)
  const body = await readBody(c)
  return show(c, await replacePerson(asked, c.req.param('user'), body, c.req.header('if-match')))
})

scimRoutes.patch('/:connection/Users/:user', async (c) => {
  const asked = await authenticate(c)
  const body = await readBody(c)
  return show(c, await patchPerson(asked, c.req.param('user'), body, c.req.header('if-match')))
})

scimRoutes.delete('/:connection/Users/:user', async (c) => {
  const asked = await authenticate(c)
  await deletePerson(asked, c.req.param('user'), c.req.header('if-match'))
  return c.body(null, 204)
})

scimRoutes.get('/:connection/ServiceProviderConfig', async (c) => {
  await authenticate(c)
  return answer(c, describeService(baseOf(c)))
})

for (const [path, name, describe] of [
  ['ResourceTypes', 'User', describeUserType],
  ['Schemas', USER_SCHEMA, describeUserSchema],
] as const) {
  scimRoutes.get(`/:connection/${path}`, async (c) => {
    await authenticate(c)
    return answer(c, listOf([describe(baseOf(c))], 1, 1))
  })
  scimRoutes.get(`/:connection/${path}/:name`, async (c) => {
    await authenticate(c)
    if (c.req.param('name') !== name) throw notFound()
    return answer(c, describe(baseOf(c)))
  })
}

scimRoutes.get('/:connection/Groups', async (c) => {
  await authenticate(c)
  return answer(c, listOf([], 0, 1))
})

scimRoutes.all('/:connection/*', async (c) => {
  await authenticate(c)
  const [first, ...rest] = c.req.path.split('/').slice(4)
  if (first === 'Groups' && c.req.method !== 'GET')
    throw new ScimRefusal(
      501,
      'Groups are not provisioned: what a person may do in the app never comes from the IdP. Turn group provisioning (group push) off for this app.',
    )
  const isKnown = rest.length === 0 || first === 'Users' || first === 'Groups'
  if (c.req.method !== 'GET' && isKnown)
    throw new ScimRefusal(501, 'This is not supported here. ServiceProviderConfig says what is.')
  throw notFound()
})

scimRoutes.all('*', () => {
  throw notFound()
})

function notFound(): ScimRefusal {
  return new ScimRefusal(
    404,
    'There is nothing at this address. Copy the base URL from the page Provisioning.',
  )
}

/** Who asks. Refuses 401, and 403 where the connection is suspended: then nobody's word at the IdP counts. */
async function authenticate(c: AppContext): Promise<Asked> {
  const connectionSid = c.req.param('connection') ?? ''
  const [scheme, secret = '', ...rest] = (c.req.header('authorization') ?? '').split(' ')
  const isToken =
    scheme?.toLowerCase() === 'bearer' &&
    rest.length === 0 &&
    secret.startsWith(SCIM_TOKEN_PREFIX) &&
    isSecret(secret.slice(SCIM_TOKEN_PREFIX.length))
  const db = openDatabase(c.env.DB)
  const now = Date.now()
  const hash = isToken ? await hashSecret(secret) : ''
  const used = isToken ? await useScimToken(db, hash, connectionSid, now) : undefined
  if (!used)
    throw new ScimRefusal(
      401,
      'The token is missing, has expired or was revoked, or it is of another connection. Make a new one on the page Provisioning, and enter it at the IdP.',
    )
  if (!(await c.env.SCIM_BY_TOKEN.limit({ key: used.token.sid })).success)
    throw new ScimRefusal(429, 'Too many requests at once. The IdP may go on in a minute.')
  if (used.isSuspended)
    throw new ScimRefusal(403, 'This connection is suspended. Ask support to resume it.')
  const { name, tenantSid } = used.token
  const actor = { kind: 'scim', name } as const
  return {
    request: { db, actor, now, network: c.var.network },
    scope: { tenantSid, connectionSid },
  }
}

/** Refuses 413, 415 and `invalidSyntax`. */
async function readBody(c: AppContext): Promise<unknown> {
  const { raw } = c.req
  const type = (raw.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (!MEDIA_TYPES.has(type))
    throw new ScimRefusal(415, 'Send application/scim+json, and say so in Content-Type.')
  const announced = Number(raw.headers.get('content-length') ?? 0)
  const bytes = announced > MAX_BODY ? undefined : await readLimited(raw.body, MAX_BODY)
  if (!bytes)
    throw new ScimRefusal(
      413,
      `This is more than ${MAX_BODY} bytes. Map fewer attributes: userName, name, emails and active are enough.`,
    )
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw bad('invalidSyntax', 'The body is no JSON in UTF-8.')
  }
}

/** Of a query or of a search request: both have the same names (RFC 7644 §3.4.3). */
async function list(c: AppContext, asked: Asked, given: Record<string, unknown>) {
  const filter = get(given, 'filter') ?? undefined
  if (filter !== undefined && typeof filter !== 'string')
    throw bad('invalidFilter', 'filter is text.')
  const startIndex = Math.max(1, readWhole(get(given, 'startindex'), 1))
  const count = Math.min(
    MOST_ON_A_PAGE,
    Math.max(0, readWhole(get(given, 'count'), MOST_ON_A_PAGE)),
  )
  const { people, total } = await listPeople(asked, { filter, startIndex, count })
  const base = baseOf(c)
  const shown = projectionOf(given)
  return answer(
    c,
    listOf(
      people.map((person) => project(render(person, base), shown)),
      total,
      startIndex,
    ),
  )
}

function readWhole(value: unknown, fallback: number): number {
  if (value === undefined || value === null) return fallback
  const whole = /^-?\d{1,9}$/.test(String(value)) ? Number(value) : Number.NaN
  if (Number.isNaN(whole)) throw bad('invalidValue', 'startIndex and count are whole numbers.')
  return whole
}

function projectionOf(given: Record<string, unknown>) {
  const names = (name: string) => {
    const value = get(given, name)
    return Array.isArray(value) ? value.slice(0, 100).map(String) : []
  }
  return { attributes: names('attributes'), excludedAttributes: names('excludedattributes') }
}

function listOf(Resources: readonly unknown[], totalResults: number, startIndex: number) {
  return {
    schemas: [LIST_SCHEMA],
    totalResults,
    startIndex,
    itemsPerPage: Resources.length,
    Resources,
  }
}

function baseOf(c: AppContext): string {
  return scimBase(c.var.config.origin, c.req.param('connection') ?? '')
}

function show(c: AppContext, person: Person, status: 200 | 201 = 200): Response {
  const resource = render(person, baseOf(c))
  const { attributes, excludedAttributes } = c.req.query()
  const shown = project(
    resource,
    projectionOf({
      attributes: attributes?.split(','),
      excludedAttributes: excludedAttributes?.split(','),
    }),
  )
  c.header('etag', resource.meta.version)
  if (status === 201) c.header('location', resource.meta.location)
  return answer(c, shown, status)
}

function answer(c: AppContext, body: unknown, status: 200 | 201 | ScimRefusal['status'] = 200) {
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/scim+json' })
}

/** Where an error came from, without what it says. */
function placeOf(error: Error): string {
  const lines = error.stack?.match(/\n {4}at .*/g) ?? []
  return error.name + lines.slice(0, 5).join('')
}
