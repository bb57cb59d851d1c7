// A route is a row of ROUTES. Handler, OpenAPI document, CLI verb and permission matrix derive from
// it.
import type * as z from 'zod/mini'
import type { Config } from '../../env.ts'
import type { Context } from '../../error-words.ts'
import type { ErrorCode } from '../../errors.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Permission } from '../../events/roles.ts'
import type { KeyValueStore } from '../../platform/kv/kv.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import type { MailOffice } from '../../mail/open-mail.ts'
import type { RouteVerb } from './route-verb.ts'

type ParamOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamOf<Rest>
  : never

/** What a handler receives: everything has been read and has the declared shape. */
export type ApiRequest<Param extends string = string, Query = unknown, Body = unknown> = {
  context: OperationContext
  config: ApiConfig
  params: Readonly<Record<Param, string>>
  query: Query
  body: Body
  /** From If-Match: the version that the caller read. */
  ifVersion: number | undefined
  /** How mail is sent. Throws where half of it is set up. */
  mail: () => MailOffice
  /** The same without a sender where it is set up by half: a person hands over what it wrote. */
  mailToCopy: () => MailOffice
  /** KV; null: out of reach, as from the command line. */
  kv: Pick<KeyValueStore, 'get'> | null
}

/** What the API knows about the deployment. */
export type ApiConfig = Pick<
  Config,
  | 'origin'
  | 'isLocal'
  | 'keySecrets'
  | 'loginSecrets'
  | 'session'
  | 'databaseGB'
  | 'history'
  | 'productName'
>

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

type Description<Path extends string> = {
  method: (typeof METHODS)[number]
  /** With parameters in braces: `/tenants/{tenant}`. */
  path: Path
  operationId: string
  summary: string
  description?: string
  tag: string
  /** `operators`: operators' keys only. `tenants`: keys of the tenant that owns the data, too. */
  who: 'operators' | 'tenants'
  /** What a role needs for it. The operation asks again, with the thing itself. */
  permission: Permission
  /** Null: no content. */
  status: 200 | 201 | 204
  /** Its own codes; COMMON has those of every route of its kind. */
  problems?: readonly ErrorCode[]
  /** What it reads besides its fields: its problems have the words of that. */
  reads?: readonly Context[]
  /** True where If-Match is read. */
  ifMatch?: true
  /** In bytes; 64 KiB by default. */
  jsonLimit?: number
  /** Answers a stream of text instead of JSON: the answer is `lines`. */
  type?: 'text/csv' | 'application/x-ndjson'
  /** The CLI verb that makes this call. test/cli/routes.test.ts names the routes without one. */
  cli?: RouteVerb | readonly RouteVerb[]
}

type Reply<Answer> = Promise<Result<Answer, Problem>>

/** A row as it is written: the types of handler and schemas must agree. */
type Declaration<
  Path extends string,
  Query extends z.ZodMiniType,
  Body extends z.ZodMiniType,
  Raw,
  Answer extends z.ZodMiniType,
> = Description<Path> & {
  query?: Query
  body?: Body
  /** Media types other than JSON. */
  raw?: { types: readonly string[]; limit: number; read: (bytes: Uint8Array<ArrayBuffer>) => Raw }
  answer: Answer | null
  /** The same as text, for callers whose Accept names its media type. */
  text?: { type: string; render: (answer: z.input<Answer>) => string }
  /** The part of the answer that the ETag is made of. */
  tagged?: (answer: z.output<Answer>) => { updatedAt: number }
  /** Instead of `tagged`: the answer has a version, which can be read on its own at low cost. */
  versioned?: {
    of: (answer: z.output<Answer>) => string
    now: (call: ApiRequest<ParamOf<Path>>) => Reply<string>
  }
  /** The path of what was created. */
  location?: (answer: z.output<Answer>) => string
  /** Of a creation: what an earlier Idempotency-Key made, as it is now and without its secret. */
  again?: (call: ApiRequest<ParamOf<Path>>, sid: string) => Reply<z.input<Answer>>
  handle: (
    call: ApiRequest<ParamOf<Path>, z.output<Query>, z.output<Body> | Raw>,
  ) => Reply<z.input<Answer>>
}

/** A row as it is read. */
export type Route = Description<string> & {
  query?: z.ZodMiniObject
  body?: z.ZodMiniType
  raw?: { types: readonly string[]; limit: number; read(bytes: Uint8Array<ArrayBuffer>): unknown }
  answer: z.ZodMiniType | null
  text?: { type: string; render(answer: unknown): string }
  tagged?(answer: unknown): { updatedAt: number }
  versioned?: { of(answer: unknown): string; now(call: ApiRequest): Reply<string> }
  location?(answer: unknown): string
  again?(call: ApiRequest, sid: string): Reply<unknown>
  handle(call: ApiRequest): Reply<unknown>
}

export function route<
  const Path extends string,
  Answer extends z.ZodMiniType,
  Query extends z.ZodMiniType = z.ZodMiniType,
  Body extends z.ZodMiniType = z.ZodMiniType,
  Raw = never,
>(declaration: Declaration<Path, Query, Body, Raw, Answer>): Route {
  return declaration as unknown as Route
}
