// Whose turn it is: the steps that wait for a side, by the state of a connection and its rollouts.
// Pure.
import type { ConnectionState } from '../../connections/lifecycle.ts'

export type TurnSide = 'customer' | 'operator'

type TurnWords = {
  side: TurnSide
  /** What to do, as a verb and its object. */
  task: string
  /** Where to do it: below the page of the connection, or of the rollout. */
  at: string
}

/** Each step that can wait, in the order of the work. */
export const TURN_STEPS = {
  enter_idp: { side: 'customer', task: 'Enter the details of the IdP', at: '#theirs' },
  start_testing: { side: 'customer', task: 'Start testing', at: '#test' },
  test: { side: 'customer', task: 'Test the connection', at: '/room' },
  sign_off: { side: 'customer', task: 'Record the customer’s test result', at: '/room' },
  validate: { side: 'operator', task: 'Record the result of support', at: '/room' },
  resolve_failure: { side: 'operator', task: 'Look at the failed test', at: '/room' },
  decide_change: { side: 'operator', task: 'Decide on a proposed change', at: '/pending' },
  decide_certificate: {
    side: 'operator',
    task: 'Decide on a new certificate',
    at: '/certificates',
  },
  create_rollout: { side: 'operator', task: 'Create a rollout', at: '/rollouts/new' },
  select_people: { side: 'operator', task: 'Select the people of the rollout', at: '#choose' },
  review: { side: 'customer', task: 'Review the list of people', at: '#review' },
  enable: { side: 'operator', task: 'Enable single sign-on for the list', at: '#enable' },
  write_notice: { side: 'customer', task: 'Write the notice to people', at: '/notice' },
  inform: { side: 'operator', task: 'Inform people', at: '#inform' },
  approve: { side: 'customer', task: 'Give the go-ahead', at: '#go-ahead' },
  enforce: { side: 'operator', task: 'Enforce single sign-on', at: '#enforce' },
  decide_newcomers: {
    side: 'operator',
    task: 'Decide on people who came after the list',
    at: '#choose',
  },
} as const satisfies Record<string, TurnWords>

export type TurnStep = keyof typeof TURN_STEPS

export function isTurnStep(text: string): text is TurnStep {
  return Object.hasOwn(TURN_STEPS, text)
}

export type TurnFacts = {
  state: ConnectionState
  /** Whether logins have what they need of the IdP. */
  isComplete: boolean
  testers: number
  /** Of the present revision. */
  vendor: 'pass' | 'fail' | null
  customer: 'pass' | 'fail' | null
  /** Changes that wait for an operator. */
  pending: number
  /** Certificates that nobody has trusted or refused. */
  quarantined: number
  rollouts: number
}

/** The steps of a connection that wait now. A suspended one waits for nothing but decisions. */
export function turnsOfConnection(facts: TurnFacts): TurnStep[] {
  const own = ownStep(facts)
  return [
    ...(own ? [own] : []),
    ...(facts.pending > 0 ? (['decide_change'] as const) : []),
    ...(facts.quarantined > 0 ? (['decide_certificate'] as const) : []),
  ]
}

function ownStep(facts: TurnFacts): TurnStep | undefined {
  const { state, isComplete, testers, vendor, customer, rollouts } = facts
  if (state === 'draft') return isComplete ? 'start_testing' : 'enter_idp'
  if (state === 'testing') {
    if (vendor === 'fail' || customer === 'fail') return 'resolve_failure'
    if (customer === 'pass') return vendor === 'pass' ? undefined : 'validate'
    return testers > 0 && vendor === 'pass' ? 'sign_off' : 'test'
  }
  return state === 'validated' && rollouts === 0 ? 'create_rollout' : undefined
}

export type RolloutTurnFacts = {
  /** Of its connection. */
  state: ConnectionState
  version: number
  /** When the newest list was started. */
  versionAt: number | null
  frozen: boolean
  reviewedVersion: number | null
  enabledVersion: number | null
  informedVersion: number | null
  approvedVersion: number | null
  enforcedVersion: number | null
  enforceAt: number | null
  rolledBackAt: number | null
  hasNotice: boolean
}

/** The step of a rollout that waits now. Without a validated connection none does. */
export function turnOfRollout(facts: RolloutTurnFacts): TurnStep | undefined {
  const { version, enforceAt, hasNotice } = facts
  if (facts.state !== 'validated' && facts.state !== 'live') return undefined
  if (version > 0 && facts.enforcedVersion === version) return undefined
  // People stopped it. A newer list begins again.
  if (facts.rolledBackAt !== null && (facts.versionAt ?? 0) <= facts.rolledBackAt) return undefined
  if (version === 0 || !facts.frozen) return 'select_people'
  if (facts.reviewedVersion !== version) return 'review'
  if (facts.enabledVersion !== version) return 'enable'
  if (facts.approvedVersion === version) return enforceAt === null ? 'enforce' : undefined
  if (facts.informedVersion !== version) return hasNotice ? 'inform' : 'write_notice'
  return 'approve'
}

/** Of a rollout whose newest list is enforced. */
export function turnOfEnforced(facts: {
  state: ConnectionState
  newcomers: number
}): TurnStep | undefined {
  const isInUse = facts.state === 'validated' || facts.state === 'live'
  return isInUse && facts.newcomers > 0 ? 'decide_newcomers' : undefined
}
