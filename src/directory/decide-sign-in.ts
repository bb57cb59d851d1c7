// How a user may sign in now, and why. Pure: the one place that decides it, for the front door, the
// API and the pages.
import type { ConnectionRow } from '../connections/store.ts'
import { closedReason } from '../connections/standing.ts'
import type { Tenant } from './tenants/store.ts'
import type { User } from './store/users.ts'

export type SignInDecision = {
  /** `choice`: by password or by SSO. `refused`: not at all. */
  decision: 'password' | 'choice' | 'sso' | 'refused'
  reason: SignInReason
  /** Of `choice` and `sso`: through which connection. */
  connectionSid: string | null
}

export type SignInReason =
  | 'tenant_suspended'
  | 'user_suspended'
  | 'sso_off'
  | 'plan_required'
  | 'connection_suspended'
  | 'connection_not_ready'
  | 'sso_enabled'
  | 'sso_enforced'
  | 'break_glass'
  | 'recovery_code'

/** An owner's way round enforcement, as it was granted. */
export type Exemption = {
  expiresAt: number
  endedAt: number | null
  /** Until when a recovery code that was spent has the password count alone. */
  passwordUntil: number | null
  /** Until when it outlasts a deactivation by the IdP. */
  keptUntil: number | null
}

/**
 * The rules, the first that holds decides:
 *
 * - A suspended tenant or user signs in nowhere: this is how somebody is shut out. An owner whom
 *   the IdP alone has deactivated keeps the password for a while.
 * - A person with SSO off has a password.
 * - Where SSO cannot be used (the plan has none, the connection is suspended or a draft),
 *   enforcement is lifted: the password
 * counts again, for everybody. Suspending a connection closes that way in and no other; nobody is
 *   locked out by it.
 * - A person who has spent a recovery code lately signs in by password: they cannot come in
 *   through the IdP.
 * - Otherwise enforced users go to their IdP, owners with a live exemption may choose, and so may
 *   enabled users.
 *
 * `connection` is the user's, of the user's own tenant; null where there is none.
 */
export function decideSignIn(
  user: Pick<User, 'signInMethod' | 'suspendedAt'>,
  connection: Pick<ConnectionRow, 'sid' | 'state'> | null,
  tenant: Pick<Tenant, 'plan' | 'suspendedAt'>,
  now: number,
  exemption: Exemption | null = null,
): SignInDecision {
  if (tenant.suspendedAt !== null) return refused('tenant_suspended')
  if (user.suspendedAt !== null)
    return isKept(exemption, now) ? password('break_glass') : refused('user_suspended')
  if (user.signInMethod === 'password') return password('sso_off')
  const closed = closedReason({ state: connection?.state ?? 'draft', tenant })
  if (connection === null || closed !== null) return password(closed ?? 'connection_not_ready')
  if (exemption?.endedAt === null && (exemption.passwordUntil ?? 0) > now)
    return password('recovery_code')
  const connectionSid = connection.sid
  if (user.signInMethod === 'sso_enabled')
    return { decision: 'choice', reason: 'sso_enabled', connectionSid }
  return isLive(exemption, now)
    ? { decision: 'choice', reason: 'break_glass', connectionSid }
    : { decision: 'sso', reason: 'sso_enforced', connectionSid }
}

function isKept(exemption: Exemption | null, now: number): boolean {
  return isLive(exemption, now) && (exemption!.keptUntil ?? 0) > now
}

function isLive(exemption: Exemption | null, now: number): boolean {
  return exemption !== null && exemption.endedAt === null && exemption.expiresAt > now
}

function refused(reason: SignInReason): SignInDecision {
  return { decision: 'refused', reason, connectionSid: null }
}

function password(reason: SignInReason): SignInDecision {
  return { decision: 'password', reason, connectionSid: null }
}
