// ROUTES as an OpenAPI 3.1 document. What it says of a route is what the handler holds requests and answers to.
import * as z from 'zod/mini'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
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
          description: 'An API key, `gp_…`: of operators, or of one tenant.',
        },
      },
      schemas: describeSchemas(),
      responses: sharedResponses(),
    },
  }
}

const DESCRIPTION = `What operators and customers’ scripts do with tenants, connections and keys.

Times are milliseconds since 1970 (UTC). Lists are newest first, by pages: \`after\` takes the \`next\` of the page before. A creation with an
\`Idempotency-Key\` happens once a day, however often it is asked for; secrets are shown by the first answer alone. Problems are
\`application/problem+json\` with a stable \`code\`. What a key may not see is \`not_there\`.`

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
  const by = who === 'operators' ? 'For operators’ keys.' : 'For operators’ and tenants’ keys.'
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
    ...(ifMatch ? [header('If-Match', 'The ETag that was seen: another version refuses.')] : []),
    ...((tagged && method === 'GET') || versioned
      ? [header('If-None-Match', 'The ETag of a copy: 304 while nothing has changed.')]
      : []),
  ]
}

function describeBody({ body, raw }: Route): Json {
  const json = { 'application/json': { schema: refer(body!) } }
  const others = raw?.types.map((type) => [type, { schema: {} }]) ?? []
  return { required: true, content: { ...json, ...Object.fromEntries(others) } }
}

function describeAnswer(route: Route): Json {
  const { status, answer, type, tagged, versioned, again, location, method } = route
  if (answer === null) return { [status]: { description: 'Done.' } }
  const header = (description: string) => ({ description, schema: { type: 'string' } })
  const headers = {
    ...((tagged || versioned) && { ETag: header('Version and content.') }),
    ...(location && { Location: header('Where it is found from now on.') }),
    ...(again && { 'Idempotent-Replayed': header('`true`: an earlier request has made it.') }),
  }
  return {
    [status]: {
      description: status === 201 ? 'Created.' : 'Done.',
      ...(Object.keys(headers).length > 0 && { headers }),
      content: type
        ? { [type]: { schema: { type: 'string' } } }
        : { 'application/json': { schema: refer(answer) } },
    },
    ...(((tagged && method === 'GET') || versioned) && {
      304: { description: 'The copy is still good.' },
    }),
  }
}

/** A response a status, with the codes that it may have. */
function describeProblems(route: Route): Json {
  const byStatus = Map.groupBy(codesOf(route), statusOf)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      codes.length === 1 ? { $ref: RESPONSES + codes[0] } : describeResponse(codes),
    ]),
  )
}

/** The responses that routes refer to by their only code. */
function sharedResponses(): Json {
  const codes = new Set(ROUTES.flatMap(codesOf))
  return Object.fromEntries([...codes].map((code) => [code, describeResponse([code])]))
}

function describeResponse(codes: readonly ErrorCode[]): Json {
  const schema = { allOf: [refer(problemSchema), { properties: { code: { enum: codes } } }] }
  return {
    description: codes.map((code) => `\`${code}\`: ${CATALOGUE[code].title}.`).join('\n\n'),
    content: { 'application/problem+json': { schema } },
  }
}

function describeSchemas(): Json {
  const { schemas } = z.toJSONSchema(components, { io: 'input', uri: (id) => REF + id })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, plain(schema as Json)]),
  )
}

const REF = '#/components/schemas/'
const RESPONSES = '#/components/responses/'

/** Every body and answer is a component: a route whose schema has no name is a programmer's error. */
function refer(schema: z.ZodMiniType): Json {
  const id = components.get(schema)?.id
  if (id === undefined) throw new TypeError('a schema of the API has no name')
  return { $ref: REF + id }
}

function toSchema(schema: z.ZodMiniType): Json {
  return plain(z.toJSONSchema(schema, { io: 'output' }) as Json)
}

/** Where it stands, a schema needs neither its dialect nor an address of its own. */
function plain(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'),
  )
}
