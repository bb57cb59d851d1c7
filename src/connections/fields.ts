// The fields of a connection as administrators enter them, each with its check. Pure.
import * as z from 'zod/mini'
import type { connections } from './tables.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { cut } from '../saml/refusal.ts'
import { isEndpoint } from '../saml/metadata/endpoint.ts'
import type { PresetID } from './presets/preset.ts'
import { PRESETS } from './presets/presets.ts'

type ConnectionRow = typeof connections.$inferSelect

/** What may be edited. The SID, our own addresses and the state may not. */
export type ConnectionFields = Pick<
  ConnectionRow,
  | 'name'
  | 'entityID'
  | 'ssoRedirectURL'
  | 'ssoPostURL'
  | 'requestBinding'
  | 'signRequests'
  | 'forceAuthn'
  | 'nameIDFormat'
  | 'requestedAuthnContext'
  | 'idpInitiated'
  | 'logoutRedirectURL'
  | 'attributeMapping'
  | 'allow'
  | 'clockSkewSeconds'
> & { preset: PresetID | null }

type Field = {
  code: 'input' | 'identifier' | 'endpoint_url'
  expected: string
  schema: (allowHttp: boolean) => z.ZodMiniType
}

const text = (length: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(length),
    z.refine((value) => value.trim() === value),
  )

function input(expected: string, schema: z.ZodMiniType): Field {
  return { code: 'input', expected, schema: () => schema }
}

const URL_FIELD: Field = {
  code: 'endpoint_url',
  expected: 'an https URL without user name and password',
  schema: (allowHttp) =>
    z.nullable(z.string().check(z.refine((value) => isEndpoint(value, allowHttp)))),
}
const PRESET_IDS = Object.keys(PRESETS) as [PresetID, ...PresetID[]]
const BOOLEAN = input('true or false', z.boolean())

/** A row a field: what is expected, and the schema that says so. */
const FIELDS: Readonly<Record<keyof ConnectionFields, Field>> = {
  name: input('1 to 200 characters', text(200)),
  entityID: {
    code: 'identifier',
    expected: '1 to 1,024 characters without white space around them',
    schema: () => text(1024),
  },
  ssoRedirectURL: URL_FIELD,
  ssoPostURL: URL_FIELD,
  logoutRedirectURL: URL_FIELD,
  requestBinding: input('HTTP-Redirect, HTTP-POST', z.enum(['HTTP-Redirect', 'HTTP-POST'])),
  idpInitiated: input('refuse, restart, accept', z.enum(['refuse', 'restart', 'accept'])),
  signRequests: BOOLEAN,
  forceAuthn: BOOLEAN,
  nameIDFormat: input('1 to 200 characters', z.nullable(text(200))),
  requestedAuthnContext: input(
    'up to 10 AuthnContextClassRef values',
    z.nullable(z.array(text(200)).check(z.maxLength(10))),
  ),
  attributeMapping: input(
    'attribute names for email, firstName, lastName',
    z.nullable(
      z.strictObject({
        email: z.optional(text(200)),
        firstName: z.optional(text(200)),
        lastName: z.optional(text(200)),
      }),
    ),
  ),
  allow: input('a list of sha1, aes-cbc', z.array(z.enum(['sha1', 'aes-cbc']))),
  clockSkewSeconds: input('0 to 300 seconds', z.int().check(z.minimum(0), z.maximum(300))),
  preset: input(`${PRESET_IDS.join(', ')}, or null`, z.nullable(z.enum(PRESET_IDS))),
}

/** Refuses `input`, `identifier` and `endpoint_url`, naming the field. Fields that nobody knows are refused too. */
export function checkFields(
  fields: Partial<ConnectionFields>,
  allowHttp: boolean,
): Result<Partial<ConnectionFields>, Problem> {
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(FIELDS, name)) return problem('input', 'a field of a connection', name, name)
    const { code, expected, schema } = FIELDS[name as keyof ConnectionFields]
    if (!schema(allowHttp).safeParse(value).success)
      return problem(code, expected, cut(describe(value), 200), name)
  }
  return ok(fields)
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}
