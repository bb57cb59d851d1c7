// How a user may sign in now, and why. Pure: the one place that decides it, for the front door, the
// API and the pages.
import type { ConnectionRow } from '../connections/store.ts'
import { closedReason } from '../connections/standing.ts'
import type { NewcomerWay } from './domains/tables.ts'
import type { Tenant } from './tenants/store.ts'
import type { User } from './store/users.ts'

export type SignInDecision = {
  /** `choice`: by password or by SSO. `refused`: not at all. */
  decision: 'password' | 'choice' | 'sso' | 'refused'
  reason: SignInReason
  /** Of `choice` and `sso`: through which connection. */
  connectionSid: string | null
  /** Of `choice` and `sso`: another connection that the person may take while they move to it. */
  secondConnectionSid: string | null
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
 * `connection` is the user's, of the user's own tenant; null where there is none. `second` is one
 * that they move to: it decides nothing.
 */
export function decideSignIn(
  user: Pick<User, 'signInMethod' | 'suspendedAt'>,
  connection: Pick<ConnectionRow, 'sid' | 'state'> | null,
  tenant: Pick<Tenant, 'plan' | 'suspendedAt'>,
  now: number,
  exemption: Exemption | null = null,
  second: Pick<ConnectionRow, 'sid' | 'state'> | null = null,
): SignInDecision {
  if (tenant.suspendedAt !== null) return refused('tenant_suspended')
  if (user.suspendedAt !== null)
    return isKept(exemption, now) ? password('break_glass') : refused('user_suspended')
  if (user.signInMethod === 'password') return password('sso_off')
  const closed = closedReason({ state: connection?.state ?? 'draft', tenant })
  if (connection === null || closed !== null) return password(closed ?? 'connection_not_ready')
  if (exemption?.endedAt === null && (exemption.passwordUntil ?? 0) > now)
    return password('recovery_code')
  const isSecondOpen = second !== null && closedReason({ state: second.state, tenant }) === null
  const through = {
    connectionSid: connection.sid,
    secondConnectionSid: isSecondOpen ? second.sid : null,
  }
  if (user.signInMethod === 'sso_enabled')
    return { decision: 'choice', reason: 'sso_enabled', ...through }
  return isLive(exemption, now)
    ? { decision: 'choice', reason: 'break_glass', ...through }
    : { decision: 'sso', reason: 'sso_enforced', ...through }
}

/** Of an address that nobody has: as the newcomer would sign in. Null: the domain has no way. */
export function decideForNewcomer(way: NewcomerWay | null): SignInDecision {
  if (way === null) return password('sso_off')
  const through = { connectionSid: way.connectionSid, secondConnectionSid: null }
  return way.newcomers === 'sso_enabled'
    ? { decision: 'choice', reason: 'sso_enabled', ...through }
    : { decision: 'sso', reason: 'sso_enforced', ...through }
}

/**
 * What anybody may learn who enters the address. If the domain has a way for newcomers, all its
 * people are answered like one who does not exist: only those who have SSO alone, where newcomers
 * choose, differ. `decided`: undefined for nobody.
 */
export function decideForStranger(
  decided: SignInDecision | undefined,
  way: NewcomerWay | null,
): SignInDecision {
  const unknown = decideForNewcomer(way)
  if (way === null || decided === undefined) return decided ?? unknown
  if (decided.connectionSid === null) return unknown
  // A choice, or a second connection, would tell that there is such a person.
  const { decision, reason } = unknown.decision === 'sso' ? unknown : decided
  return { decision, reason, connectionSid: decided.connectionSid, secondConnectionSid: null }
}

function isKept(exemption: Exemption | null, now: number): boolean {
  return isLive(exemption, now) && (exemption!.keptUntil ?? 0) > now
}

function isLive(exemption: Exemption | null, now: number): boolean {
  return exemption !== null && exemption.endedAt === null && exemption.expiresAt > now
}

function refused(reason: SignInReason): SignInDecision {
  return { decision: 'refused', reason, connectionSid: null, secondConnectionSid: null }
}

function password(reason: SignInReason): SignInDecision {
  return { decision: 'password', reason, connectionSid: null, secondConnectionSid: null }
}
