// A table of sessions, each with a button to end it if the actor may.
import type { Session } from '../../sessions/operations.ts'
import { DataTable, EmptyState, Instant, Status } from './blocks.tsx'
import { ButtonForm } from './forms.tsx'

const STATES = {
  open: 'Open',
  idle: 'Timed out',
  expired: 'Expired',
} as const

const REASONS: Readonly<Record<NonNullable<Session['endedBecause']>, string>> = {
  logout: 'Signed out',
  revoked: 'Ended by an administrator',
  idp_revoked: 'Ended by the IdP',
  user_suspended: 'User suspended',
  connection_suspended: 'Connection suspended',
  tenant_suspended: 'Tenant suspended',
  connection_withdrawn: 'Connection back to draft',
  certificate_removed: 'Certificate removed',
  sso_turned_off: 'SSO turned off',
  moved: 'Moved to another connection',
  plan_lost: 'Plan lost',
}

export function SessionTable(props: {
  sessions: readonly Session[]
  now: number
  /** All sessions of one user: the connection is shown instead of the user. */
  ofOne?: boolean
  /** Path before `/{session}/revoke`; undefined without the right to end sessions. */
  action: string | undefined
}) {
  const { sessions, now, ofOne, action } = props
  return (
    <DataTable
      caption="Sessions"
      captionHidden={true}
      columns={[
        ofOne
          ? { name: 'Connection', cell: ({ connectionName }) => connectionName }
          : { name: 'User', cell: ({ email }) => email },
        { name: 'State', cell: (session) => <SessionState session={session} /> },
        { name: 'Started', cell: ({ createdAt }) => <Instant at={createdAt} now={now} /> },
        {
          name: 'Last used',
          cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} now={now} show="relative" />,
        },
        {
          name: 'Ends',
          cell: ({ endedAt, expiresAt }) => (
            <Instant at={endedAt ?? expiresAt} now={now} show="relative" />
          ),
        },
        ...(action === undefined
          ? []
          : [
              {
                name: 'Actions',
                unnamed: true,
                cell: ({ sid, email, endedAt }: Session) =>
                  endedAt === null && (
                    <ButtonForm
                      action={`${action}/${sid}/revoke`}
                      label="End session"
                      about={`of ${email}`}
                      tone="danger"
                    />
                  ),
              },
            ]),
      ]}
      rows={sessions}
      empty={<EmptyState title="No sessions" />}
    />
  )
}

function SessionState({ session: { state, endedBecause } }: { session: Session }) {
  if (state === 'ended') return <Status tone="neutral">{REASONS[endedBecause ?? 'revoked']}</Status>
  return <Status tone={state === 'open' ? 'good' : 'neutral'}>{STATES[state]}</Status>
}
