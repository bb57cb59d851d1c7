// Break-glass owners with their state, for both sides: who, until when, codes, drills. Never codes.
import type { Child } from 'hono/jsx'
import type { Owner } from '../../../rollout/operations.ts'
import { DataTable, EmptyState, Instant, None, Status } from '../../kit/blocks.tsx'

function isInForce({ endedAt, expiresAt }: Owner, now: number): boolean {
  return endedAt === null && expiresAt > now
}

export function OwnerTable(props: {
  owners: readonly Owner[]
  now: number
  /** What the reader may do with an exemption in force. */
  action?: (owner: Owner) => Child
}) {
  const { owners, now, action } = props
  return (
    <DataTable<Owner>
      caption="Owners"
      captionHidden={true}
      columns={[
        { name: 'Person', cell: ({ email }) => email },
        { name: 'Reason', cell: ({ reason }) => reason },
        {
          name: 'State',
          cell: (owner) => <OwnerState owner={owner} now={now} />,
        },
        {
          name: 'Recovery codes',
          cell: (owner) =>
            !isInForce(owner, now) ? (
              <None />
            ) : owner.codesLeft > 0 ? (
              `${owner.codesLeft} left`
            ) : (
              <Status tone="warning">None</Status>
            ),
        },
        { name: 'Drill', cell: (owner) => <Drill owner={owner} now={now} /> },
        {
          name: 'Wrong codes',
          cell: ({ wrongCodes, wrongCodeAt }) =>
            wrongCodeAt === null ? (
              <None />
            ) : (
              <>
                {wrongCodes} at <Instant at={wrongCodeAt} now={now} />
              </>
            ),
        },
        ...(action
          ? [
              {
                name: 'Actions',
                unnamed: true,
                cell: (owner: Owner) =>
                  isInForce(owner, now) ? <div class="inline">{action(owner)}</div> : <None />,
              },
            ]
          : []),
      ]}
      rows={owners}
      empty={<EmptyState title="No owners yet" />}
    />
  )
}

function OwnerState({ owner, now }: { owner: Owner; now: number }) {
  const { endedAt, expiresAt } = owner
  if (endedAt !== null)
    return (
      <>
        <Status tone="neutral">Ended</Status> <Instant at={endedAt} show="date" />
      </>
    )
  if (expiresAt <= now)
    return (
      <>
        <Status tone="warning">Expired</Status> <Instant at={expiresAt} show="date" />
      </>
    )
  if (owner.suspendedAt !== null) return <DeactivatedState owner={owner} now={now} />
  return (
    <>
      <Status tone="good">Exempt</Status> until <Instant at={expiresAt} now={now} show="date" />
    </>
  )
}

function DeactivatedState({
  owner: { keptUntil, keptBecause },
  now,
}: {
  owner: Owner
  now: number
}) {
  if (keptUntil === null || keptUntil <= now) return <Status tone="danger">Suspended</Status>
  return (
    <>
      <Status tone="danger">
        {keptBecause === 'mass_deactivation'
          ? 'Deactivated by the IdP, with many others'
          : 'Deactivated by the IdP'}
      </Status>{' '}
      The password works until <Instant at={keptUntil} now={now} />
    </>
  )
}

function Drill({ owner, now }: { owner: Owner; now: number }) {
  const { drill, drillAt, drilledAt } = owner
  const last = drilledAt !== null && (
    <>
      <br />
      <small>
        Last one <Instant at={drilledAt} now={now} show="date" />
      </small>
    </>
  )
  if (drill === 'none' || drillAt === null) return <>{last || <None />}</>
  const at = <Instant at={drillAt} now={now} show="date" />
  return (
    <>
      {drill === 'planned' ? (
        at
      ) : (
        <>
          <Status tone={drill === 'late' ? 'danger' : 'warning'}>
            {drill === 'late' ? 'Late' : 'Due'}
          </Status>{' '}
          since {at}
        </>
      )}
      {last}
    </>
  )
}
