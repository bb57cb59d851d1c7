// `gatepost explain`: judges SAML responses offline, without database and network. The exit status
// is 0 for any verdict.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { encodeBase64 } from '../base64.ts'
import type { IgnorableGroup } from '../saml/response/expectations.ts'
import { parseInstant } from '../saml/instant.ts'
import {
  verifyResponse,
  type Judgement,
  type Verification,
} from '../saml/response/verify-response.ts'
import { UsageError } from './usage-error.ts'

const IGNORABLE = [
  'destination',
  'recipient',
  'audience',
  'inResponseTo',
  'issuer',
  'attributes',
  'time',
] as const satisfies readonly IgnorableGroup[]
export const ALLOWABLE = ['sha1', 'rsa1024', 'aes-cbc'] as const

/** One case: of a batch, or from the flags. */
const caseSchema = z.object({
  id: z.string(),
  response: z.string(),
  idp: z.object({ entityID: z.string(), certificates: z.array(z.string()) }),
  sp: z.object({
    entityID: z.string(),
    acsURL: z.string(),
    decryptionKeys: z.array(z.custom<JsonWebKey>((value) => typeof value === 'object')).nullish(),
  }),
  now: z.string(),
  clockSkewSeconds: z.number().min(0).default(60),
  inResponseTo: z.string().nullable().default(null),
  allow: z.array(z.enum(ALLOWABLE)).default([]),
  ignore: z.array(z.enum(IGNORABLE)).default([]),
})
export type ExplainCase = z.infer<typeof caseSchema>

const batchSchema = z.object({ format: z.literal(1), cases: z.array(z.unknown()) })

/** The JSON line of one case. */
export type Explanation = {
  id: string
  verdict: 'accept' | 'reject'
  code: string | null
  principal: Record<string, unknown> | null
  checks: Judgement['checks']
  /** Time spent verifying, in microseconds. */
  micros: number
}

export function readBatch(path: string): { raw: unknown; case: ExplainCase }[] {
  const batch = parse(batchSchema, readJson(path), path)
  return batch.cases.map((raw, index) => ({
    raw,
    case: parse(caseSchema, raw, `${path}, case ${index}`),
  }))
}

export async function explain(input: ExplainCase): Promise<Explanation> {
  const verification = toVerification(input)
  const { response } = input
  const field = response.startsWith('<')
    ? encodeBase64(new TextEncoder().encode(response))
    : response
  const start = performance.now()
  const judgement = await verifyResponse(field, verification, { everyRow: true })
  const micros = Math.round((performance.now() - start) * 1000)
  // Whether a NameID is bound to one of them is not known here.
  const isAmbiguous = (judgement.login?.principals.length ?? 0) > 1
  return {
    id: input.id,
    verdict: judgement.login && !isAmbiguous ? 'accept' : 'reject',
    code: judgement.refusal?.code ?? (isAmbiguous ? 'email_ambiguous' : null),
    principal: describePrincipal(judgement),
    checks: judgement.checks,
    micros,
  }
}

/** What a login expects in this case. */
function toVerification(input: ExplainCase): Verification {
  const now = parseInstant(input.now) ?? Date.parse(input.now)
  if (Number.isNaN(now)) throw new UsageError(`${input.id}: now is not an ISO 8601 instant`)
  return {
    idpEntityID: input.idp.entityID,
    spEntityID: input.sp.entityID,
    acsURL: input.sp.acsURL,
    certificates: input.idp.certificates,
    decryptionKeys: input.sp.decryptionKeys ?? [],
    now,
    clockSkewSeconds: input.clockSkewSeconds,
    inResponseTo: input.inResponseTo || null,
    attributeMapping: {},
    optionalNames: [],
    maximumAuthnAgeSeconds: null,
    authnNotBefore: null,
    authnContexts: null,
    nameIDFormat: null,
    allow: new Set(input.allow),
    ignore: new Set(input.ignore),
  }
}

function describePrincipal({ login }: Judgement): Explanation['principal'] {
  if (!login) return null
  const { assertion } = login
  const [principal] = login.principals
  const attributes = Object.create(null) as Record<string, string[]>
  for (const { name, values } of assertion.attributes)
    attributes[name] = [...(attributes[name] ?? []), ...values]
  return {
    nameID: assertion.subject?.nameID?.value,
    nameIDFormat: assertion.subject?.nameID?.format ?? null,
    email: login.principals.map(({ email }) => email).join(', ') || null,
    firstName: principal?.firstName ?? null,
    lastName: principal?.lastName ?? null,
    sessionIndex: assertion.authnStatements[0]?.sessionIndex ?? null,
    attributes,
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8'))
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`)
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new UsageError(`${where}: ${issue?.path.join('.')}: ${issue?.message}`)
}
