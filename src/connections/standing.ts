// Whether people may sign in through a connection now, and if not, why: the one predicate. Pure.
// The view `connection_standing` states the same in SQL; a test compares the two over all states.
import type { tenants } from '../directory/tenants/tables.ts'
import type { connections } from './tables.ts'

type StateOfConnection = (typeof connections.$inferSelect)['state']
type PlanOfTenant = (typeof tenants.$inferSelect)['plan']

/** What the predicate depends on. */
export type StandingFacts = {
  state: StateOfConnection
  tenant: { plan: PlanOfTenant; suspendedAt: number | null }
}

type SessionFacts = StandingFacts & Pick<typeof connections.$inferSelect, 'endSessionsOn'>

/** Why sign-ins through the connection are refused: the first that holds, in this order. */
export const CLOSED_REASONS = [
  'tenant_suspended',
  'plan_required',
  'connection_suspended',
  'connection_not_ready',
] as const

export type ClosedReason = (typeof CLOSED_REASONS)[number]

/** The states in which people sign in, where tenant and plan allow it. */
export const OPEN_STATES = [
  'testing',
  'validated',
  'live',
] as const satisfies readonly StateOfConnection[]

/** The states in which a connection of the operators' own tenant opens the console. */
export const PROVEN_STATES = ['validated', 'live'] as const satisfies readonly StateOfConnection[]

export function isOpenState(state: StateOfConnection): state is (typeof OPEN_STATES)[number] {
  return state !== 'draft' && state !== 'suspended'
}

/** Whether a plan carries single sign-on. */
export function carriesSSO(plan: PlanOfTenant): boolean {
  return plan === 'enterprise'
}

/** Why nobody may sign in through the connection now; null: people may. */
export function closedReason({ state, tenant }: StandingFacts): ClosedReason | null {
  if (tenant.suspendedAt !== null) return 'tenant_suspended'
  if (!carriesSSO(tenant.plan)) return 'plan_required'
  if (state === 'suspended') return 'connection_suspended'
  return isOpenState(state) ? null : 'connection_not_ready'
}

/**
 * The same of a connection that may be the one of the synthetic login, which has no users. A test
 * goes through it all the same.
 */
export function standingReason(
  facts: StandingFacts & Pick<typeof connections.$inferSelect, 'purpose'>,
): ClosedReason | 'probe_only' | null {
  return closedReason(facts) ?? (facts.purpose === 'probe' ? 'probe_only' : null)
}

/** Whether the IdP is out of trust for now: then it does not provision either. */
export function isSuspended({ state, tenant }: StandingFacts): boolean {
  return tenant.suspendedAt !== null || state === 'suspended'
}

/** Whether sessions that came through the connection do not count. A lost plan ends them or not. */
export function hasNoSessions({ state, tenant, endSessionsOn }: SessionFacts): boolean {
  if (tenant.suspendedAt !== null) return true
  return state === 'suspended' && endSessionsOn.includes('suspension')
}
