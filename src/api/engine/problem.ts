// Problems of the API: application/problem+json (RFC 9457), each with a reference to the log.
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import { retryAfter } from '../../platform/http/retry-after.ts'
import type { Problem } from '../../problem.ts'
import type { ProblemDocument } from './schema.ts'

/** For codes whose words in the catalogue are for people who sign in. */
const WORDS: Readonly<Partial<Record<ErrorCode, { title: string; detail: string }>>> = {
  not_found: {
    title: 'There is no such route',
    detail: 'Use a route of /api/v1/openapi.json.',
  },
  method_not_allowed: {
    title: 'This route does not accept the method',
    detail: 'Use a method of the Allow header.',
  },
  content_type: {
    title: 'This route does not accept the media type of the body',
    detail: 'Send one of the expected types, and name it in Content-Type.',
  },
  body_too_large: {
    title: 'The body is too large',
    detail: 'Send a smaller body.',
  },
  body_incomplete: {
    title: 'The body ended early',
    detail: 'Send the request again.',
  },
}

/** A login answers 403 for any of these codes. In the API they concern the caller's input: 400. */
export function statusOf(code: ErrorCode): number {
  const { status, audience } = CATALOGUE[code]
  return audience === 'admin' ? 400 : status
}

function describeProblem(
  { code, field, expected, received, choices, remedy: own }: Partial<Problem> & { code: ErrorCode },
  reference: string,
): ProblemDocument {
  const { title, remedy } = CATALOGUE[code]
  // The catalogue's remedies for bad XML are about SAML responses.
  const detail = code.startsWith('xml_')
    ? 'Export the metadata from the IdP again, and send it unchanged.'
    : (own ?? remedy)
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

/** Codes that follow from what a route has: it need not declare them. */
export const COMMON = {
  every: [
    'unauthenticated',
    'too_many_requests',
    'forbidden',
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
