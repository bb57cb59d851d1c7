// Problems of the API: application/problem+json (RFC 9457), each with a reference to the log.
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import { wordsFor } from '../../error-words.ts'
import { retryAfter } from '../../platform/http/retry-after.ts'
import type { Problem } from '../../problem.ts'
import type { ProblemDocument } from './schema.ts'

/** A login answers 403 for any of these codes. In the API they concern the caller's input: 400. */
export function statusOf(code: ErrorCode): number {
  const { status, audience } = CATALOGUE[code]
  return audience === 'admin' ? 400 : status
}

function describeProblem(
  problem: Partial<Problem> & { code: ErrorCode },
  reference: string,
): ProblemDocument {
  const { code, field, expected, received, choices } = problem
  // One title for a code and context (RFC 9457 §3.1.3); what was given is in the detail.
  const { title } = wordsFor({ ...problem, given: undefined }, 'operator', 'api')
  const { title: given, remedy } = wordsFor(problem, 'operator', 'api')
  return {
    type: `urn:gatepost:problem:${code}`,
    title,
    detail: given === title ? remedy : `${given}. ${remedy}`,
    status: statusOf(code),
    code,
    ...(field !== undefined && { field }),
    ...(expected !== undefined && { expected }),
    ...(received !== undefined && { received }),
    ...(choices && { choices: [...choices] }),
    reference,
  }
}

/** Codes that follow from what a route has: it need not declare them. */
export const COMMON = {
  every: [
    'unauthenticated',
    'too_many_requests',
    'forbidden',
    'role',
    'not_there',
    'internal',
    'not_configured',
    'storage_unavailable',
    'storage_full',
    'storage_schema',
    'history_unavailable',
  ],
  query: ['input'],
  body: ['input', 'content_type', 'body_too_large', 'body_incomplete', 'uploads_at_once'],
  creation: ['idempotency_key_reused'],
  ifMatch: ['revision_changed'],
} as const satisfies Record<string, readonly ErrorCode[]>

export function problemResponse(
  problem: Partial<Problem> & { code: ErrorCode },
  reference: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const status = statusOf(problem.code)
  return new Response(JSON.stringify(describeProblem(problem, reference)), {
    status,
    headers: { 'content-type': 'application/problem+json', ...retryAfter(status), ...headers },
  })
}
