// Ends the sessions of a person because the IdP of their connection asks for it, and tells
// administrators how that goes.
import { emailKey } from '../directory/email-key.ts'
import { maySee } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { findConnection } from '../connections/store.ts'
import { problem, type Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { revocationURL } from './revocation-url.ts'
import type { Caller } from './caller.ts'
import { findMeant, findStatus, revokeOnce, type RevocationSource } from './store.ts'
import type { RevocationSubject } from './subject.ts'

/**
 * Ends all sessions of the person, here and in apps; of somebody who moves between connections
 * those of this one. A token that comes again does nothing. Refuses `revocation_subject` for
 * everybody who is not switched on at the connection.
 */
export async function revokeByIdp(
  context: OperationContext,
  source: RevocationSource,
  caller: Caller,
  subject: RevocationSubject,
): Promise<Result<{ ended: number }, Problem>> {
  const address = subject.format === 'email' ? subject.email : subject.sub
  const isForeign = subject.format === 'iss_sub' && subject.iss !== source.entityID
  const meant = isForeign
    ? undefined
    : await findMeant(context.db, source, {
        nameID: subject.format === 'iss_sub' ? subject.sub : undefined,
        emailKey: emailKey(address),
      })
  const revoked = await revokeOnce(context, source, caller, meant)
  if (revoked === 'repeated') return ok({ ended: 0 })
  if (meant === undefined)
    return problem('revocation_subject', 'a person of this connection', subject.format)
  if (revoked.ended > 0) context.afterResponse?.add('send_logout_tokens')
  return ok(revoked)
}

export type RevocationStatus = {
  url: string
  isSetUp: boolean
  keysFetchedAt: number | null
  keysFailure: string | null
  acceptedAt: number | null
  refusedAt: number | null
  refusedBecause: string | null
}

/** Refuses `not_there`. */
export async function getRevocationStatus(
  context: OperationContext,
  connectionSid: string,
  origin: string,
): Promise<Result<RevocationStatus, Problem>> {
  const connection = await findConnection(context.db, connectionSid)
  const isVisible =
    connection && maySee(context.actor, { tenantSid: connection.tenantSid, connectionSid })
  if (!isVisible) return problem('not_there', 'a connection', connectionSid)
  const row = await findStatus(context.db, connectionSid)
  return ok({
    url: revocationURL(origin, connectionSid),
    isSetUp: Boolean(connection.revocationIssuer && connection.revocationKeysURL),
    keysFetchedAt: row?.fetchedAt ?? null,
    keysFailure: row?.failure ?? null,
    acceptedAt: row?.acceptedAt ?? null,
    refusedAt: row?.refusedAt ?? null,
    refusedBecause: row?.refusedBecause ?? null,
  })
}
