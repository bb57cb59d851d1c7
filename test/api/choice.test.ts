// A choice of forms: what does not fit one is told its field and all forms. Goes over every union
// of the schemas of every route.
import * as z from 'zod/mini'
import { describe, expect, it } from 'vitest'
import { choose, unionAt } from '../../src/api/engine/choice.ts'
import { readBody, readQuery } from '../../src/api/engine/read.ts'
import type { Route } from '../../src/api/engine/route.ts'
import { ROUTES } from '../../src/api/routes.ts'

type Schema = z.core.$ZodType
type Inner = { shape?: Record<string, Schema>; [key: string]: unknown }
const defOf = (schema: Schema) => (schema as unknown as { def: Inner }).def

/** The paths of all unions below a schema. An index of a list is 0. */
function unionsBelow(schema: Schema, path: (string | number)[] = []): (string | number)[][] {
  const def = defOf(schema)
  const within = (inner: unknown, ...keys: (string | number)[]) =>
    unionsBelow(inner as Schema, [...path, ...keys])
  if (def['options']) return [path, ...(def['options'] as Schema[]).flatMap((one) => within(one))]
  if (def.shape) return Object.entries(def.shape).flatMap(([key, one]) => within(one, key))
  if (def['element']) return within(def['element'], 0)
  if (def['valueType']) return within(def['valueType'], 'any')
  if (def['innerType']) return within(def['innerType'])
  return def['out'] ? within(def['out']) : []
}

const unions = ROUTES.flatMap((route) =>
  [route.body, route.query].flatMap((schema) =>
    schema
      ? unionsBelow(schema).map((path) => ({
          of: `${route.operationId} ${path.join('.')}`,
          route,
          schema,
          path,
        }))
      : [],
  ),
)

const send = async (body: unknown, route: Route) => {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const request = new Request('https://a.example/', { ...sent, body: JSON.stringify(body) })
  const read = await readBody(request, route)
  if (read.ok) throw new Error(`${JSON.stringify(body)} was taken`)
  return read.error
}

const routeOf = (operationId: string) => ROUTES.find((route) => route.operationId === operationId)!

describe('every union of a route', () => {
  it('is found', () => {
    expect(unions.map(({ of }) => of.trim())).toEqual(
      expect.arrayContaining(['importMetadata', 'whatIf', 'setSignInMethod', 'decideMembers']),
    )
    expect(unions.length).toBeGreaterThan(5)
  })

  it.each(unions)('$of: has words for its forms, and a field where it has properties', (union) => {
    const options = unionAt(union.schema, union.path)!
    expect(options.length).toBeGreaterThan(1)
    const { meant, field, expected } = choose(options, {})
    expect(meant).toBeUndefined()
    expect(expected).toMatch(/ or /)
    expect(expected).not.toMatch(/documented forms|union|undefined|literal/)
    // Each form is told by something that it alone has.
    const parts = expected.replace(/^either /, '').split(/, | or /)
    expect(new Set(parts).size).toBe(parts.length)
    const isOfObjects = options.every((option) => defOf(option).shape)
    expect(field !== undefined).toBe(isOfObjects)
    if (field !== undefined)
      expect(options.some((option) => field in defOf(option).shape!)).toBe(true)
  })
})

describe('a body that fits no form', () => {
  it.each([
    ['importMetadata', {}, 'xml', 'either xml or url', 'nothing'],
    ['importMetadata', 'text', 'xml', 'either xml or url', 'nothing'],
    ['importMetadata', { xml: 'a', url: 'b' }, 'url', 'either xml or url', 'more than one of them'],
    [
      'setSignInMethod',
      {},
      'signInMethod',
      'password or sso_enabled with connectionSid',
      'nothing',
    ],
    [
      'setSignInMethod',
      { signInMethod: 'sso' },
      'signInMethod',
      'password or sso_enabled with connectionSid',
      'sso',
    ],
    ['whatIf', { edit: {} }, 'attemptSid', 'either attemptSid or response', 'nothing'],
    [
      'putUser',
      { email: 'a@b.example', externalID: true },
      'externalID',
      'text or a whole number',
      'true',
    ],
  ])('of %s: %j', async (operationId, body, field, expected, received) => {
    const route = routeOf(operationId)
    expect(await send(body, route)).toEqual({ code: 'input', field, expected, received })
  })

  it('is told what is wrong with the form that it is meant to have', async () => {
    expect(await send({ xml: 7 }, routeOf('importMetadata'))).toMatchObject({
      field: 'xml',
      expected: 'text',
      received: '7',
    })
    expect(await send({ signInMethod: 'sso_enabled' }, routeOf('setSignInMethod'))).toMatchObject({
      field: 'connectionSid',
      expected: 'text',
      received: 'nothing',
    })
    const strange = { signInMethod: 'password', connectionSid: 'CN1' }
    expect(await send(strange, routeOf('setSignInMethod'))).toMatchObject({
      field: 'connectionSid',
      expected: 'only documented fields',
    })
  })

  it('also in a query', () => {
    const query = z.strictObject({ of: z.union([z.literal('a'), z.literal('b')]) })
    const read = (search: string) =>
      readQuery(new URL(`https://a.example/${search}`), { query } as unknown as Route)
    expect(read('?of=c')).toMatchObject({
      error: { field: 'of', expected: 'a or b', received: 'c' },
    })
    expect(read('?of=a')).toMatchObject({ ok: true })
  })
})

describe('a body that is no JSON', () => {
  it.each([
    ['<!doctype html><html></html>', 'a web page'],
    ['-----BEGIN CERTIFICATE-----', 'a certificate'],
    ['<?xml version="1.0"?><a/>', 'XML'],
    ['%PDF-1.4', 'a PDF file'],
    ['', 'nothing'],
    ['{"name":', 'something else'],
  ])('%j is called %s', async (body, received) => {
    const headers = { 'content-type': 'application/json' }
    const request = new Request('https://a.example/', { method: 'POST', headers, body })
    expect(await readBody(request, routeOf('createTenant'))).toMatchObject({
      error: { code: 'input', expected: 'JSON in UTF-8', received },
    })
  })
})
