// What people may do with address claims: see them, and say whether it is the same person.
import { may } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { isUniqueViolation } from '../../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { getTenant } from '../operations.ts'
import type { Tenant } from '../tenants/store.ts'
import {
  acceptClaim,
  countClaims,
  declineClaim,
  findClaim,
  findClaims,
  type ClaimRow,
} from './store.ts'

export type { ClaimRow } from './store.ts'

/** Claims that wait, newest first. Refuses `not_there`. */
export async function listClaims(
  context: OperationContext,
  tenantSid: string,
  page: PageRequest,
): Promise<Result<Page<ClaimRow>, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  return ok(toPage(await findClaims(context.db, tenantSid, page), page))
}

/** How many claims wait. */
export function countAddressClaims(
  { db }: OperationContext,
  { sid }: Pick<Tenant, 'sid'>,
): Promise<number> {
  return countClaims(db, sid)
}

/**
 * It is the same person: the user keeps address and account, and the source's new external id
 * stands for the user. Refuses `not_there`, `forbidden`, `already_there` where another user has the
 * external id, and `revision_changed`.
 */
export async function acceptAddressClaim(
  context: OperationContext,
  sid: string,
): Promise<Result<ClaimRow, Problem>> {
  const claim = await getDecidable(context, sid)
  if (!claim.ok) return claim
  try {
    return (await acceptClaim(context, claim.value)) ? claim : changed(sid)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const { externalID } = claim.value
    return problem('already_there', 'an external id that nobody else has', externalID)
  }
}

/**
 * It is another person: the user who had the address is suspended and lets go of it. The source
 * creates the other person when it next sends them. Refuses `not_there`, `forbidden` and
 * `revision_changed`.
 */
export async function declineAddressClaim(
  context: OperationContext,
  sid: string,
): Promise<Result<ClaimRow, Problem>> {
  const claim = await getDecidable(context, sid)
  if (!claim.ok) return claim
  // Nobody can have an address of that name (RFC 2606 §2).
  const email = `former-${claim.value.userSid.toLowerCase()}@former.invalid`
  if (!(await declineClaim(context, claim.value, email))) return changed(sid)
  context.afterResponse?.add('send_logout_tokens')
  return claim
}

async function getDecidable(
  context: OperationContext,
  sid: string,
): Promise<Result<ClaimRow, Problem>> {
  const claim = await findClaim(context.db, sid)
  const tenant = claim ? await getTenant(context, claim.tenantSid) : undefined
  if (!claim || !tenant?.ok) return problem('not_there', 'an address claim', sid)
  return may(context.actor, 'operate', { tenantSid: claim.tenantSid, connectionSid: null })
    ? ok(claim)
    : problem('forbidden', 'an operator', context.actor.kind)
}

function changed(sid: string) {
  return problem('revision_changed', `the claim ${sid} as it was`, 'another')
}
