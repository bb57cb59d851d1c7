// The life of a connection as a table: which event leads from which state to which, and what it
// needs. Pure: nothing is read or written here.
import type { connections } from './tables.ts'

type LifecycleRow = typeof connections.$inferSelect

export type ConnectionState = LifecycleRow['state']

/** A state that a suspension interrupts. */
export type ActiveState = Exclude<ConnectionState, 'suspended'>

/** What the transitions ask about a connection. */
export type LifecycleFacts = Pick<
  LifecycleRow,
  'entityID' | 'ssoRedirectURL' | 'ssoPostURL' | 'idpInitiated' | 'reachability'
> & {
  certificates: readonly unknown[]
  /** The state that the suspension interrupted; null: not suspended, or not known any more. */
  suspendedFrom: ActiveState | null
  /** Whether an edit has raised the revision since the suspension. */
  changedSinceSuspended: boolean
}

/** Something that must be there; undefined where it is, or else how its absence is named. */
type Guard = { expected: string; lacks: (facts: LifecycleFacts) => string | undefined }

type Transition = {
  from: readonly ConnectionState[]
  /** `before`: the state that the suspension interrupted. */
  to: ConnectionState | 'before'
  guards: readonly Guard[]
}

/** The states of a connection that is not suspended, in the order in which it goes through them. */
export const ACTIVE_STATES = ['draft', 'testing', 'validated', 'live'] as const

/** What a login cannot do without. */
const COMPLETE: readonly Guard[] = [
  {
    expected: 'the IdP’s identifier',
    lacks: ({ entityID }) => (entityID === '' ? 'no identifier' : undefined),
  },
  {
    expected: 'at least one signing certificate',
    lacks: ({ certificates }) => (certificates.length === 0 ? 'no certificate' : undefined),
  },
  {
    expected: 'an SSO URL, or IdP-initiated logins accepted',
    lacks: ({ ssoRedirectURL, ssoPostURL, idpInitiated }) =>
      ssoRedirectURL || ssoPostURL || idpInitiated === 'accept' ? undefined : 'no SSO URL',
  },
  {
    expected: 'SSO URLs that are reached from the Internet',
    // A result for an older URL does not apply, and an unchecked URL does not fail.
    lacks: (facts) =>
      (facts.reachability ?? [])
        .filter(
          ({ field, url, result }) =>
            field !== 'logoutRedirectURL' && facts[field] === url && result !== 'reachable',
        )
        .map(({ url, result, reason }) => `${url} is ${result}: ${reason}`)
        .join('; ') || undefined,
  },
]

export type LifecycleEvent =
  'begin_testing' | 'validate' | 'go_live' | 'suspend' | 'resume' | 'break_trust' | 'withdraw'

/** Every transition there is. */
export const TRANSITIONS: Readonly<Record<LifecycleEvent, Transition>> = {
  begin_testing: { from: ['draft'], to: 'testing', guards: COMPLETE },
  validate: { from: ['testing'], to: 'validated', guards: [] },
  go_live: { from: ['validated'], to: 'live', guards: [] },
  suspend: { from: ACTIVE_STATES, to: 'suspended', guards: [] },
  resume: { from: ['suspended'], to: 'before', guards: [] },
  break_trust: { from: ['validated', 'live'], to: 'testing', guards: [] },
  withdraw: { from: ['testing', 'validated'], to: 'draft', guards: [] },
}

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
  const { from, to, guards } = TRANSITIONS[event]
  if (!from.includes(state))
    return { ok: false, code: 'lifecycle', expected: from.join(' or '), received: state }
  const failed = guards.flatMap(({ expected, lacks }) => {
    const missing = lacks(facts)
    return missing === undefined ? [] : [{ expected, missing }]
  })
  if (failed.length > 0)
    return {
      ok: false,
      code: 'lifecycle',
      expected: failed.map(({ expected }) => expected).join('; '),
      received: failed.map(({ missing }) => missing).join('; '),
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
 * A connection whose earlier state is unknown, or whose settings changed since, starts further
 * back.
 */
function stateToResume({ suspendedFrom, changedSinceSuspended }: LifecycleFacts): ActiveState {
  const before = ACTIVE_STATES.indexOf(suspendedFrom ?? 'draft')
  const furthest = ACTIVE_STATES.indexOf(changedSinceSuspended ? 'testing' : 'live')
  return ACTIVE_STATES[Math.min(before, furthest)] as ActiveState
}
