// The Idempotency-Key header: a creation that is requested twice happens once.
import { isUniqueViolation } from '../../platform/db/client.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { encodeBase64 } from '../../base64.ts'
import { hashSecret } from '../../platform/secret.ts'
import { findCreation } from '../../access/store/creations.ts'
import type { ApiRequest, Route } from './route.ts'

/** The result of a creation; `replayed`: an earlier request made it. */
type Created = { answer: unknown; replayed: boolean }

/** The scope of a key: two callers or two routes may use the same one. */
export async function readKey(
  request: Pick<OperationContext, 'actor'>,
  path: string,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<NonNullable<OperationContext['idempotency']>, Problem>> {
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    return problem('input', '1 to 255 visible ASCII characters', '…', 'Idempotency-Key')
  const { actor } = request
  const who = actor.kind === 'customer admin' ? [actor.kind, actor.tenantSid, actor.name] : actor
  return ok({
    keyHash: await hashSecret(JSON.stringify([who, 'POST', path, key])),
    requestHash: await hashSecret(encodeBase64(bytes)),
  })
}

/**
 * Creates, or finds what the key created. Refuses `idempotency_key_reused` and the route's codes.
 */
export async function createOnce(
  route: Route,
  call: ApiRequest,
): Promise<Result<Created, Problem>> {
  const before = await findMade(route, call)
  if (before) return before
  try {
    const outcome = await route.handle(call)
    if (outcome.ok) return ok({ answer: outcome.value, replayed: false })
    // Another request may have been faster with the same key: that is no conflict.
    return (outcome.error.code === 'already_there' && (await findMade(route, call))) || outcome
  } catch (error) {
    const made = isUniqueViolation(error) ? await findMade(route, call) : undefined
    if (made) return made
    throw error
  }
}

async function findMade(
  route: Route,
  call: ApiRequest,
): Promise<Result<Created, Problem> | undefined> {
  const { db, idempotency } = call.context
  const creation = idempotency && (await findCreation(db, idempotency.keyHash))
  if (!creation) return undefined
  if (creation.requestHash !== idempotency.requestHash)
    return problem(
      'idempotency_key_reused',
      'the body of the first request with this key',
      'another',
      'Idempotency-Key',
    )
  const found = await route.again!(call, creation.subjectSid)
  return found.ok ? ok({ answer: found.value, replayed: true }) : found
}
