// The life of a connection as a table: which event leads from which state to which, and what it
// needs. Pure: nothing is read or written here.
import type { RecordedType } from '../events/catalogue.ts'
import type { connections } from './tables.ts'
import { missingFrom, type Missing, type UsableFacts } from './usable.ts'

type LifecycleRow = typeof connections.$inferSelect

export type ConnectionState = LifecycleRow['state']

/** A state that a suspension interrupts. */
export type ActiveState = Exclude<ConnectionState, 'suspended'>

/** What the transitions ask about a connection. */
export type LifecycleFacts = UsableFacts & {
  reachability: LifecycleRow['reachability']
  /** The state that the suspension interrupted; null: not suspended, or not known any more. */
  suspendedFrom: ActiveState | null
  /** Whether an edit has raised the revision since the suspension. */
  changedSinceSuspended: boolean
}

type Transition = {
  from: readonly ConnectionState[]
  /** `before`: the state that the suspension interrupted. */
  to: ConnectionState | 'before'
  /** What is missing; absent: it needs nothing. */
  lacks?: (facts: LifecycleFacts) => Missing[]
}

/** The states of a connection that is not suspended, in the order in which it goes through them. */
export const ACTIVE_STATES = ['draft', 'testing', 'validated', 'live'] as const

/** SSO URLs that do not answer. An older result does not apply, an unchecked URL does not fail. */
function unreached(facts: LifecycleFacts): Missing[] {
  const received = (facts.reachability ?? [])
    .filter(
      ({ field, url, result }) =>
        field !== 'logoutRedirectURL' && facts[field] === url && result !== 'reachable',
    )
    .map(({ url, result, reason }) => `${url} is ${result}: ${reason}`)
    .join('; ')
  return received ? [{ expected: 'SSO URLs that are reached from the Internet', received }] : []
}

const COMPLETE = (facts: LifecycleFacts) => [...missingFrom(facts), ...unreached(facts)]

export type LifecycleEvent =
  'begin_testing' | 'validate' | 'go_live' | 'suspend' | 'resume' | 'break_trust' | 'withdraw'

/** Every transition that has a name. An edit that makes a connection unusable makes it a draft. */
export const TRANSITIONS: Readonly<Record<LifecycleEvent, Transition>> = {
  begin_testing: { from: ['draft'], to: 'testing', lacks: COMPLETE },
  validate: { from: ['testing'], to: 'validated', lacks: missingFrom },
  go_live: { from: ['validated'], to: 'live', lacks: missingFrom },
  suspend: { from: ACTIVE_STATES, to: 'suspended' },
  resume: { from: ['suspended'], to: 'before' },
  break_trust: { from: ['validated', 'live'], to: 'testing' },
  withdraw: { from: ['testing', 'validated'], to: 'draft' },
}

/** What the audit trail says of each. */
export const EVENT_OF = {
  begin_testing: 'connection.testing_started',
  validate: 'connection.validated',
  go_live: 'connection.went_live',
  suspend: 'connection.suspended',
  resume: 'connection.resumed',
  break_trust: 'connection.returned_to_testing',
  withdraw: 'connection.returned_to_draft',
} as const satisfies Record<LifecycleEvent, RecordedType>

export const LIFECYCLE_EVENTS = Object.keys(TRANSITIONS) as LifecycleEvent[]

export type TransitionResult =
  | {
      ok: true
      state: ConnectionState
      /** To be kept with the state: what a suspension interrupts, null otherwise. */
      suspendedFrom: ActiveState | null
    }
  | { ok: false; code: 'lifecycle'; expected: string; received: string }

/** The state that an event leads to, or why it does not. */
export function transition(
  state: ConnectionState,
  event: LifecycleEvent,
  facts: LifecycleFacts,
): TransitionResult {
  const { from, to, lacks } = TRANSITIONS[event]
  if (!from.includes(state))
    return { ok: false, code: 'lifecycle', expected: from.join(' or '), received: state }
  const missing = lacks?.(facts) ?? []
  if (missing.length > 0)
    return {
      ok: false,
      code: 'lifecycle',
      expected: missing.map(({ expected }) => expected).join('; '),
      received: missing.map(({ received }) => received).join('; '),
    }
  return {
    ok: true,
    state: to === 'before' ? stateToResume(facts) : to,
    suspendedFrom: to === 'suspended' ? (state as ActiveState) : null,
  }
}

/** The events that the table has for a state, guards aside: what a page offers. */
export function eventsFrom(state: ConnectionState): LifecycleEvent[] {
  return LIFECYCLE_EVENTS.filter((event) => TRANSITIONS[event].from.includes(state))
}

/**
 * A connection whose earlier state is unknown, whose settings changed since, or that logins cannot
 * use any more, starts further back.
 */
function stateToResume(facts: LifecycleFacts): ActiveState {
  const { suspendedFrom, changedSinceSuspended } = facts
  if (missingFrom(facts).length > 0) return 'draft'
  const before = ACTIVE_STATES.indexOf(suspendedFrom ?? 'draft')
  const furthest = ACTIVE_STATES.indexOf(changedSinceSuspended ? 'testing' : 'live')
  return ACTIVE_STATES[Math.min(before, furthest)] as ActiveState
}
