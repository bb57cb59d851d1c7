// ROUTES as an OpenAPI 3.1 document. The schemas in it are those that check requests and responses.
import * as z from 'zod/mini'
import { titleOf, WORDS, type Context } from '../../error-words.ts'
import type { ErrorCode } from '../../errors.ts'
import { PARAMETERS } from './parameters.ts'
import { COMMON, statusOf } from './problem.ts'
import type { Route } from './route.ts'
import { ROUTES } from '../routes.ts'
import { components, problemSchema } from './schema.ts'

type Json = Record<string, unknown>

let document: string | undefined

/** The document as text, made once. */
export function renderDocument(): string {
  return (document ??= JSON.stringify(createDocument()))
}

export function createDocument(): Json {
  const paths: Record<string, Json> = {}
  for (const route of ROUTES)
    (paths[route.path] ??= {})[route.method.toLowerCase()] = describeRoute(route)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatepost admin API',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }],
    tags: [...new Set(ROUTES.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, `gp_…`, of operators or of one tenant.',
        },
      },
      schemas: describeSchemas(),
      responses: sharedResponses(),
    },
  }
}

const DESCRIPTION = `
What operators and customers’ scripts can do with tenants, connections and keys.

Times are milliseconds since 1970 (UTC). Lists are newest first and have pages: send the \`next\`
of a page as \`after\`. Requests with the same \`Idempotency-Key\` create once; a key is kept for
a day. Only the first answer shows a secret. Errors are \`application/problem+json\` with a stable
\`code\`. Data that a key cannot see is \`not_there\`.`.trim()

/** The codes that a route may answer with. */
export function codesOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>([
    ...COMMON.every,
    ...COMMON.query,
    ...(route.body ? COMMON.body : []),
    ...(route.again ? COMMON.creation : []),
    ...(route.ifMatch ? COMMON.ifMatch : []),
    ...(route.problems ?? []),
  ])
  return [...codes]
}

function describeRoute(route: Route): Json {
  const { operationId, summary, description, tag, who, query } = route
  const by =
    who === 'operators' ? 'Needs an operators’ key.' : 'Needs an operators’ or a tenant’s key.'
  const parameters = [
    ...pathParameters(route.path),
    ...queryParameters(query),
    ...headerParameters(route),
  ]
  return {
    operationId,
    summary,
    description: [description, by].filter(Boolean).join('\n\n'),
    tags: [tag],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: describeBody(route) }),
    responses: { ...describeAnswer(route), ...describeProblems(route) },
  }
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: toSchema(PARAMETERS[name as keyof typeof PARAMETERS]),
  }))
}

function queryParameters(query: Route['query']): Json[] {
  if (!query) return []
  const needed = (toSchema(query)['required'] ?? []) as string[]
  return Object.entries(query.def.shape).map(([name, schema]) => {
    const { description, ...rest } = toSchema(schema as z.ZodMiniType)
    return { name, in: 'query', required: needed.includes(name), description, schema: rest }
  })
}

function headerParameters({ again, ifMatch, tagged, versioned, method }: Route): Json[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  })
  return [
    ...(again ? [header('Idempotency-Key', '1 to 255 visible ASCII characters.')] : []),
    ...(ifMatch
      ? [header('If-Match', 'The ETag that you read. Another version now: `revision_changed`.')]
      : []),
    ...((tagged && method === 'GET') || versioned
      ? [header('If-None-Match', 'The ETag of your copy: 304 if nothing has changed.')]
      : []),
  ]
}

function describeBody({ body, raw }: Route): Json {
  const json = { 'application/json': { schema: refer(body!) } }
  const others = raw?.types.map((type) => [type, { schema: {} }]) ?? []
  return { required: true, content: { ...json, ...Object.fromEntries(others) } }
}

function describeAnswer(route: Route): Json {
  const { status, answer, type, text, tagged, versioned, again, location, method } = route
  if (answer === null) return { [status]: { description: 'Done.' } }
  const header = (description: string) => ({ description, schema: { type: 'string' } })
  const headers = {
    ...((tagged || versioned) && { ETag: header('Version and content.') }),
    ...(location && { Location: header('The path of the new resource.') }),
    ...(again && { 'Idempotent-Replayed': header('`true`: an earlier request made it.') }),
  }
  return {
    [status]: {
      description: status === 201 ? 'Created.' : 'Done.',
      ...(Object.keys(headers).length > 0 && { headers }),
      content: type
        ? { [type]: { schema: { type: 'string' } } }
        : {
            'application/json': { schema: refer(answer) },
            ...(text && { [text.type]: { schema: { type: 'string' } } }),
          },
    },
    ...(((tagged && method === 'GET') || versioned) && {
      304: { description: 'Your copy is current.' },
    }),
  }
}

/** One response for each status, with the codes that it may have. */
function describeProblems(route: Route): Json {
  const byStatus = Map.groupBy(codesOf(route), statusOf)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      codes.length === 1 ? { $ref: RESPONSES + codes[0] } : describeResponse(codes, route.reads),
    ]),
  )
}

/** Responses with a single code, which routes refer to. */
function sharedResponses(): Json {
  const codes = new Set(ROUTES.flatMap(codesOf))
  return Object.fromEntries([...codes].map((code) => [code, describeResponse([code])]))
}

function describeResponse(codes: readonly ErrorCode[], reads: readonly Context[] = []): Json {
  const schema = { allOf: [refer(problemSchema), { properties: { code: { enum: codes } } }] }
  return {
    description: codes.map((code) => `\`${code}\`: ${titleIn(code, reads)}.`).join('\n\n'),
    content: { 'application/problem+json': { schema } },
  }
}

function titleIn(code: ErrorCode, reads: readonly Context[]): string {
  return titleOf(code, reads.find((context) => Object.hasOwn(WORDS[context], code)) ?? 'api')
}

function describeSchemas(): Json {
  const { schemas } = z.toJSONSchema(components, { io: 'input', uri: (id) => REF + id })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, plain(schema as Json)]),
  )
}

const REF = '#/components/schemas/'
const RESPONSES = '#/components/responses/'

/** Every body and response is a component: a schema without a name is a programmer's error. */
function refer(schema: z.ZodMiniType): Json {
  const id = components.get(schema)?.id
  if (id === undefined) throw new TypeError('a schema of the API has no name')
  return { $ref: REF + id }
}

function toSchema(schema: z.ZodMiniType): Json {
  return plain(z.toJSONSchema(schema, { io: 'output' }) as Json)
}

/** A schema inside the document needs neither `$schema` nor `$id`. */
function plain(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'),
  )
}
