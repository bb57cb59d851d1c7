// Section 4 of a connection's page: its state, the steps that it allows, and its users.
import type { User } from '../../../directory/store/users.ts'
import type { Problem } from '../../../problem.ts'
import {
  ActionRow,
  DataTable,
  EmptyState,
  None,
  Pagination,
  Section,
  StateBadge,
  type StepState,
} from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink, Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import type { RolloutsOf } from '../rollout/facts.ts'
import { RolloutTable } from '../rollout/rollouts-page.tsx'
import { EVENT_WORDS, messageOf, SIGN_IN_METHODS } from '../../kit/words.ts'
import { StateButton, stepsFor } from './test-section.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

const STATE_WORDS = {
  draft: 'Users cannot sign in through it yet.',
  testing: 'Users for whom it is enabled can sign in through it, for tests.',
  validated: 'It is tested. Users for whom it is enabled can sign in through it.',
  live: 'It is in use.',
  suspended: 'Users cannot sign in through it until it is resumed.',
} as const

export function RollOutSection(
  props: RolloutsOf & {
    at: ConnectionContext
    users: readonly User[]
    hasMoreUsers: boolean
    state: StepState
    stateWords?: string
  },
) {
  const { at, users, hasMoreUsers, state, stateWords, rollouts, hasMoreRollouts } = props
  const { connection, base, may } = at
  const steps = stepsFor(at).filter((event) => event !== 'begin_testing')
  return (
    <Section
      id="roll-out"
      step={4}
      title="Roll out"
      state={state}
      {...(stateWords ? { stateWords } : {})}
      lead={
        <>
          <StateBadge state={connection.state} /> {STATE_WORDS[connection.state]}
        </>
      }
    >
      <RolloutTable at={at} rollouts={rollouts} counted={props.counted} />
      {rollouts.length > 0 && (
        <div class="submit">
          {may.operate && <ButtonLink href={`${base}/rollouts/new`} label="Create rollout" />}
          {hasMoreRollouts && <a href={`${base}/rollouts`}>All rollouts</a>}
        </div>
      )}
      {may.operate && (
        <ActionRow
          title="Move to another IdP"
          text="A second connection beside this one. People move there, and can go back."
          control={<ButtonLink href={`${base}/move`} label="Move to another IdP" />}
        />
      )}
      {steps.map((event) => (
        <div class="action-row">
          <div>
            <h3>{EVENT_WORDS[event].title}</h3>
            <p>{EVENT_WORDS[event].text}</p>
          </div>
          <StateButton at={at} event={event} tone={event === 'suspend' ? 'danger' : 'secondary'} />
        </div>
      ))}
      <h3>Users of this connection</h3>
      <UserTable at={at} users={users} />
      {(hasMoreUsers || may.operate) && (
        <p>
          <a href={`${base}/users`}>
            {may.operate ? 'Enable users or show all' : 'Show all users'}
          </a>
        </p>
      )}
    </Section>
  )
}

function UserTable({ at, users }: { at: ConnectionContext; users: readonly User[] }) {
  return (
    <DataTable
      caption="Users"
      captionHidden={true}
      columns={[
        { name: 'Login e-mail', cell: ({ email }) => email },
        {
          name: 'Name',
          cell: ({ firstName, lastName }) =>
            [firstName, lastName].filter(Boolean).join(' ') || <None>unknown</None>,
        },
        {
          name: 'Sign-in method',
          cell: ({ signInMethod, suspendedAt }) =>
            suspendedAt === null ? SIGN_IN_METHODS[signInMethod] : 'Suspended',
        },
        ...(at.may.operate
          ? [
              {
                name: 'Actions',
                unnamed: true,
                cell: ({ email }: User) => (
                  <ButtonForm
                    action={`${at.base}/users`}
                    hidden={{ email, method: 'password' }}
                    label="Return to password"
                    about={`for ${email}`}
                  />
                ),
              },
            ]
          : []),
      ]}
      rows={users}
      empty={
        <EmptyState title="No users yet">
          {at.may.operate
            ? 'Enable single sign-on for users by their login e-mail.'
            : 'Support enables single sign-on for testers first, then for all users.'}
        </EmptyState>
      }
    />
  )
}

export function UsersPage(props: {
  at: ConnectionContext
  users: readonly User[]
  links: PageLinks
  email?: string
  problem?: Problem
}) {
  const { at, users, links, email = '', problem } = props
  const { base, may } = at
  return (
    <at.Frame
      title="Users of this connection"
      breadcrumb={crumbs(at)}
      problem={problem}
      problemField="email"
    >
      {may.operate && (
        <Section
          id="enable"
          title="Enable one user"
          lead="With “SSO or password” both ways work, so that no user is locked out."
        >
          <Form action={`${base}/users`}>
            <TextField
              name="email"
              label="Login e-mail"
              kind="email"
              hint="The login e-mail in the vendor’s product."
              value={email}
              required={true}
              error={problem && messageOf(problem, at.reader)}
            />
            <SubmitRow primary={{ label: 'Enable SSO', name: 'method', value: 'sso_enabled' }} />
          </Form>
        </Section>
      )}
      <UserTable at={at} users={users} />
      <Pagination {...links} />
    </at.Frame>
  )
}
