// Problems as the API speaks of them: application/problem+json (RFC 9457), each with a reference that the log has too.
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import type { Problem } from '../../problem.ts'
import type { ProblemDocument } from './schema.ts'

/** Where the catalogue speaks to somebody who signs in. */
const WORDS: Readonly<Partial<Record<ErrorCode, { title: string; detail: string }>>> = {
  not_found: {
    title: 'There is no such route',
    detail: 'Take one of those that /api/v1/openapi.json has.',
  },
  method_not_allowed: {
    title: 'This route does not take that method',
    detail: 'Take one of those that Allow names.',
  },
  content_type: {
    title: 'The body is of a type that this route does not take',
    detail: 'Send one of the types that are expected, and name it in Content-Type.',
  },
  body_too_large: {
    title: 'The body is too large',
    detail: 'Send no more than is expected.',
  },
}

/** A login that is not trusted answers 403 whatever the reason. Here the same codes are of what somebody has entered. */
export function statusOf(code: ErrorCode): number {
  const { status, audience } = CATALOGUE[code]
  return audience === 'admin' ? 400 : status
}

export function describeProblem(
  { code, field, expected, received, choices }: Partial<Problem> & { code: ErrorCode },
  reference: string,
): ProblemDocument {
  const { title, remedy } = CATALOGUE[code]
  // The catalogue's remedies of bad XML are for captured responses.
  const detail = code.startsWith('xml_')
    ? 'Export the metadata from the IdP again, and send it unchanged.'
    : remedy
  const words = WORDS[code] ?? { title, detail }
  return {
    type: `urn:gatepost:problem:${code}`,
    ...words,
    status: statusOf(code),
    code,
    ...(field !== undefined && { field }),
    ...(expected !== undefined && { expected }),
    ...(received !== undefined && { received }),
    ...(choices && { choices: [...choices] }),
    reference,
  }
}

/** Codes that any route with a body has, and so on: what a route need not declare. */
export const COMMON = {
  every: ['unauthenticated', 'forbidden', 'not_there', 'internal', 'not_configured'],
  query: ['input'],
  body: ['input', 'content_type', 'body_too_large'],
  creation: ['idempotency_key_reused'],
  ifMatch: ['revision_changed'],
} as const satisfies Record<string, readonly ErrorCode[]>

export function problemResponse(
  problem: Partial<Problem> & { code: ErrorCode },
  reference: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify(describeProblem(problem, reference)), {
    status: statusOf(problem.code),
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}
