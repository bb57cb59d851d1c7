// The page of a connection, in the order of the work: our side, the IdP's side, test, roll out.
import { closedReason } from '../../../connections/standing.ts'
import type { CertificateView } from '../../../connections/certificates/operations.ts'
import type { MetadataSource } from '../../../connections/metadata/operations.ts'
import type { User } from '../../../directory/store/users.ts'
import type { OwnKeyPair } from '../../../keys/key-pair.ts'
import type { AttemptRow } from '../../../login/operations.ts'
import type { PendingView } from '../../../connections/pending/operations.ts'
import type { Problem } from '../../../problem.ts'
import type { Turn } from '../../../rollout/operations.ts'
import type { Tester } from '../../../rollout/validation/tester-operations.ts'
import { Code, Notice, StateBadge, type StepState } from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import { TurnNotice } from '../shared/turns.tsx'
import { OurSideSection } from './our-side.tsx'
import type { RolloutsOf } from '../rollout/facts.ts'
import { RollOutSection } from './roll-out-section.tsx'
import { missingForTest, TestSection } from './test-section.tsx'
import { TheirSideSection } from './their-side.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'

export type ConnectionFacts = {
  keyPairs: readonly OwnKeyPair[]
  pinned: readonly CertificateView[]
  quarantined: readonly CertificateView[]
  source: MetadataSource | null
  /** Changes of the customer that wait for an operator. */
  pending: readonly PendingView[]
  testers: readonly Tester[]
  /** Null: they cannot be read now. */
  attempts: readonly AttemptRow[] | null
  people: ReadonlyMap<string, string>
  turns: readonly Turn[]
  users: readonly User[]
  hasMoreUsers: boolean
} & RolloutsOf

export function ConnectionPage(props: {
  at: ConnectionContext
  facts: ConnectionFacts
  problem?: Problem | undefined
}) {
  const { at, facts, problem } = props
  const { connection, base, may } = at
  const steps = stepStates(at, facts)
  return (
    <at.Frame
      title={connection.name}
      badge={<StateBadge state={connection.state} />}
      breadcrumb={at.above}
      problem={problem}
      lead={at.reader === 'operator' ? <Code>{connection.sid}</Code> : connection.tenant.name}
      actions={
        may.operate && (
          <>
            <ButtonLink href={`${base}/certificates`} label="Certificates" />
            <ButtonLink href={`${base}/settings`} label="Settings" />
            <ButtonLink href={`${base}/sessions`} label="Sessions" />
            <ButtonLink href={`${base}/name-ids`} label="NameIDs" />
            <ButtonLink href={`${base}/setup-links`} label="Setup links" />
            <ButtonLink href={`${base}/history`} label="History" />
          </>
        )
      }
    >
      <TenantWarning at={at} />
      <TurnNotice turns={facts.turns} reader={at.reader} base={base} now={at.context.now} />
      <OurSideSection
        at={at}
        keyPairs={facts.keyPairs}
        state={steps.ours}
        {...(steps.ours === 'current' ? { stateWords: 'Waiting for the IdP' } : {})}
      />
      <TheirSideSection at={at} {...facts} state={steps.theirs} />
      <TestSection
        at={at}
        testers={facts.testers}
        attempts={facts.attempts}
        people={facts.people}
        state={steps.test}
      />
      <RollOutSection at={at} {...facts} state={steps.rollOut} {...rollOutWords(at, facts)} />
    </at.Frame>
  )
}

/** “Done” would mislead once what the newest rollout had turned on was given back. */
const isGivenBack = ({ rollouts }: ConnectionFacts) => rollouts[0]?.rolledBackAt != null

function rollOutWords({ connection }: ConnectionContext, facts: ConnectionFacts) {
  if (connection.state === 'suspended') return { stateWords: 'Suspended' }
  return connection.state === 'live' && isGivenBack(facts) ? { stateWords: 'Rolled back' } : {}
}

function TenantWarning({ at }: { at: ConnectionContext }) {
  const closed = closedReason(at.connection)
  if (closed === 'tenant_suspended')
    return (
      <Notice tone="danger" title="The tenant is suspended: its users cannot use single sign-on" />
    )
  if (closed === 'plan_required')
    return (
      <Notice tone="danger" title="Single sign-on is not part of the tenant’s plan">
        <p>Users cannot sign in through the connection. They can use their password.</p>
      </Notice>
    )
  return null
}

/**
 * Where the work stands. What the IdP does with our side shows only when it reads our metadata or
 * somebody signs in.
 */
function stepStates(
  at: ConnectionContext,
  facts: ConnectionFacts,
): Record<'ours' | 'theirs' | 'test' | 'rollOut', StepState> {
  const { connection, context } = at
  const { pinned, quarantined, source } = facts
  const { state, reachability, lastLoginAt, metadataFetchedAt } = connection
  const isComplete = missingForTest(at).every(({ there }) => there)
  const needsAttention =
    quarantined.length > 0 ||
    source?.failure != null ||
    source?.difference != null ||
    pinned.some(({ notAfter }) => notAfter <= context.now) ||
    (reachability ?? []).some(({ result }) => result !== 'reachable')
  const wasTested = state === 'validated' || state === 'live'
  return {
    ours: wasTested || lastLoginAt !== null || metadataFetchedAt !== null ? 'done' : 'current',
    theirs: needsAttention ? 'problem' : isComplete ? 'done' : 'current',
    test: wasTested ? 'done' : isComplete ? 'current' : 'waiting',
    rollOut:
      state === 'live'
        ? isGivenBack(facts)
          ? 'current'
          : 'done'
        : state === 'suspended'
          ? 'problem'
          : state === 'validated'
            ? 'current'
            : 'waiting',
  }
}
