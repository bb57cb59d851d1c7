// The person whom a request means: a subject identifier (RFC 9493) as Okta sends it. Pure.
import { problem, type Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'

/** `iss_sub` of a SAML app: the Entity ID of the IdP and the NameID. */
export type RevocationSubject =
  { format: 'email'; email: string } | { format: 'iss_sub'; iss: string; sub: string }

const MAX_LENGTH = 1024

/**
 * Draft -04 and later call it `sub_id`, the ones before `subject`; Okta's documentation has both.
 * Refuses `revocation_request`.
 */
export function readSubject(body: unknown): Result<RevocationSubject, Problem> {
  if (!isObject(body)) return refuse('no JSON object')
  const subject = body['sub_id'] ?? body['subject']
  if (!isObject(subject)) return refuse('no subject')
  const { format, email, iss, sub } = subject
  if (format === 'email' && isText(email)) return ok({ format, email })
  if (format === 'iss_sub' && isText(iss) && isText(sub)) return ok({ format, iss, sub })
  return refuse(typeof format === 'string' ? format.slice(0, 50) : 'no format')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH
}

function refuse(received: string) {
  return problem('revocation_request', 'sub_id in the format email or iss_sub', received)
}
