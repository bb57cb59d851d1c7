// Owners who keep their password whatever is enforced, for the day the IdP is down, and their one-time recovery codes.
import { may, maySee } from '../../audit/actor.ts'
import { emailKey } from '../../directory/email-key.ts'
import { findTenant, findUser, type User } from '../../directory/store.ts'
import { done, problem, type Outcome, type Request } from '../../outcome.ts'
import { hashSecret } from '../../secret.ts'
import { isSid } from '../../sid.ts'
import { createRecoveryCode, normalizeRecoveryCode } from './recovery-code.ts'
import {
  endBreakGlassRow,
  findBreakGlass,
  insertBreakGlass,
  replaceRecoveryCodes,
  spendCode,
  type Owner,
} from './store.ts'

export type { Owner } from './store.ts'

const DAY = 24 * 3600 * 1000
/** An exemption is looked at again at least once a year. */
const LONGEST = 366 * DAY

export const CODES_IN_A_SET = 10

/**
 * Exempts an owner, named by SID or login e-mail, from enforcement until then. Where he is enforced already, his password
 * counts again. After that time nothing happens by itself: the next enforcement may take him. Refuses `not_there`,
 * `forbidden` and `input`.
 */
export async function addBreakGlass(
  request: Request,
  tenantSid: string,
  input: { user: string; reason: string; expiresAt: number },
): Promise<Outcome<Owner>> {
  const user = await getOwner(request, tenantSid, input.user)
  if (!user.ok) return user
  const reason = input.reason.trim()
  if (reason.length < 1 || reason.length > 500)
    return problem('input', '1 to 500 characters', reason.slice(0, 500), 'reason')
  const { expiresAt } = input
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= request.now)
    return problem('input', 'a time to come', `${expiresAt}`, 'expiresAt')
  if (expiresAt > request.now + LONGEST)
    return problem('input', 'a year at most', `${expiresAt}`, 'expiresAt')
  if (user.value.suspendedAt !== null)
    return problem('input', 'a user who may sign in', 'a suspended one', 'user')
  await insertBreakGlass(request, user.value, { reason, expiresAt })
  return getRow(request, user.value)
}

/** Those of a tenant, also expired and ended ones. Refuses `not_there`. */
export async function listBreakGlass(
  request: Request,
  tenantSid: string,
): Promise<Outcome<Owner[]>> {
  const isVisible = maySee(request.actor, { tenantSid, connectionSid: null })
  if (!isVisible || !(await findTenant(request.db, tenantSid)))
    return problem('not_there', 'a tenant', tenantSid)
  return done(await findBreakGlass(request.db, tenantSid))
}

/** Ends an exemption and takes back the codes that are left. Refuses `not_there` and `forbidden`. */
export async function endBreakGlass(
  request: Request,
  tenantSid: string,
  name: string,
): Promise<Outcome<Owner>> {
  const user = await getOwner(request, tenantSid, name)
  if (!user.ok) return user
  const row = await getRow(request, user.value)
  if (!row.ok || row.value.endedAt !== null) return row
  await endBreakGlassRow(request, tenantSid, user.value.sid)
  return getRow(request, user.value)
}

/**
 * Ten codes for a break-glass owner, shown once: they are kept as hashes. Those of the set before count no more. Refuses
 * `not_there`, `forbidden`, and `break_glass_missing` where the exemption has ended or expired.
 */
export async function createRecoveryCodes(
  request: Request,
  tenantSid: string,
  name: string,
): Promise<Outcome<{ codes: string[] }>> {
  const user = await getOwner(request, tenantSid, name)
  if (!user.ok) return user
  const row = await getRow(request, user.value)
  if (!row.ok) return row
  if (row.value.endedAt !== null || row.value.expiresAt <= request.now)
    return problem('break_glass_missing', 'an exemption in force', 'one that has ended', 'user')
  const codes = Array.from({ length: CODES_IN_A_SET }, createRecoveryCode)
  const hashes = await Promise.all(codes.map(hashSecret))
  await replaceRecoveryCodes(request, tenantSid, user.value.sid, hashes)
  return done({ codes })
}

/**
 * Spends a code of a user, once, and tells the audit trail and the log. Whoever calls it lets the user in. Refuses
 * `recovery_code`, the same for a wrong code, a wrong user, and an owner who is none any more.
 */
export async function spendRecoveryCode(
  { db, now }: Pick<Request, 'db' | 'now'>,
  { email, code }: { email: string; code: string },
): Promise<Outcome<{ userSid: string; tenantSid: string; codesLeft: number }>> {
  const refused = problem('recovery_code', 'an unspent code of this user', 'another text', 'code')
  const key = emailKey(email)
  const normalized = normalizeRecoveryCode(code)
  if (key === undefined || normalized === undefined) return refused
  const codeHash = await hashSecret(normalized)
  const spent = await spendCode(db, { emailKey: key, codeHash, now })
  if (!spent) return refused
  // For alerts: somebody has come in past the IdP.
  console.warn(JSON.stringify({ event: 'recovery_code_spent', ...spent }))
  return done(spent)
}

/** A user of the tenant whom the actor may make an owner. Refuses `not_there` and `forbidden`. */
async function getOwner(request: Request, tenantSid: string, name: string): Promise<Outcome<User>> {
  const by = isSid(name, 'US') ? { sid: name } : { emailKey: emailKey(name) ?? '' }
  const resource = { tenantSid, connectionSid: null }
  const user = maySee(request.actor, resource) ? await findUser(request.db, by) : undefined
  if (user?.tenantSid !== tenantSid)
    return problem('not_there', 'a user of this tenant', name, 'user')
  return may(request.actor, 'operate', resource)
    ? done(user)
    : problem('forbidden', 'an operator', request.actor.kind)
}

async function getRow({ db }: Request, user: User): Promise<Outcome<Owner>> {
  const owners = await findBreakGlass(db, user.tenantSid)
  const owner = owners.find(({ userSid }) => userSid === user.sid)
  return owner ? done(owner) : problem('not_there', 'a break-glass owner', user.sid, 'user')
}
