// Gives people of a rollout their passwords back: first whom, then a confirmation with the number.
import type { Problem } from '../../../problem.ts'
import type { RollbackPreview, Target } from '../../../rollout/operations.ts'
import { DataTable, Notice } from '../../kit/blocks.tsx'
import { Form, RadioGroup, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf, SIGN_IN_METHODS } from '../../kit/words.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { figure, people } from './words.ts'

export type GiveBackChoice = {
  who: 'all' | 'unproved' | 'outside' | 'person'
  /** Of the person. */
  email: string
  to: Target
}

export function GiveBackPage(props: {
  at: RolloutContext
  /** Whom passwords beside SSO would be given back. */
  counts: Record<'all' | 'unproved' | 'outside', RollbackPreview>
  choice: GiveBackChoice
  problem?: Problem | undefined
}) {
  const { at, counts, choice, problem } = props
  const { Frame } = at.page
  const isMove = at.rollout.fromConnectionSid !== null
  return (
    <Frame
      title={isMove ? 'Take people back' : 'Give passwords back'}
      breadcrumb={crumbsBelow(at)}
      problem={problem}
      problemField={problem?.field === 'user' ? 'email' : undefined}
      lead="Use this if people cannot sign in. It works at any time and needs no approval."
      narrow={true}
    >
      <WithoutPassword preview={counts.all} />
      <Form method="get" action={`${at.path}/roll-back/confirm`}>
        <RadioGroup
          name="who"
          label="People"
          value={choice.who}
          options={[
            {
              value: 'all',
              label: 'Everybody',
              hint: `${people(counts.all.people)} may use SSO only. Cancels the go-ahead.`,
            },
            {
              value: 'unproved',
              label: 'People who have never signed in by SSO',
              hint: `${people(counts.unproved.people)} may use SSO only. They stay on the list.`,
            },
            ...(counts.outside.people > 0
              ? [
                  {
                    value: 'outside',
                    label: 'People on no list',
                    hint: `${people(counts.outside.people)} may use SSO only, such as newcomers.`,
                  },
                ]
              : []),
            { value: 'person', label: 'One person', hint: 'Is excluded from the list.' },
          ]}
        />
        <TextField
          name="email"
          label="Login e-mail"
          hint="Only for “One person”."
          value={choice.email}
          error={problem?.field === 'user' ? messageOf(problem, at.page.reader) : undefined}
        />
        <RadioGroup
          name="to"
          label="Sign-in method afterwards"
          value={choice.to}
          options={[
            ...(isMove
              ? [
                  {
                    value: 'earlier',
                    label: AFTERWARDS.earlier,
                    hint: 'Also closes the second way of people who were not moved.',
                  },
                ]
              : []),
            { value: 'sso_enabled', label: AFTERWARDS.sso_enabled },
            { value: 'password', label: AFTERWARDS.password, hint: 'Turns SSO off.' },
          ]}
        />
        <SubmitRow primary="Continue" cancel={{ href: `${at.path}#roll-back` }} />
      </Form>
    </Frame>
  )
}

const AFTERWARDS: Readonly<Record<Target, string>> = {
  sso_enabled: SIGN_IN_METHODS.sso_enabled,
  password: SIGN_IN_METHODS.password,
  earlier: 'As before the move, at the connection before',
}

export function ConfirmPage(props: {
  at: RolloutContext
  choice: GiveBackChoice
  preview: RollbackPreview
}) {
  const { at, choice, preview } = props
  const { who, to } = choice
  const { Frame } = at.page
  const [person] = preview.first
  const whom = who === 'person' ? person!.email : people(preview.people)
  const back = { href: `${at.path}/roll-back`, label: 'Back' }
  const isEarlier = to === 'earlier'
  const action = isEarlier ? `Take ${whom} back` : `Give ${whom} the password back`
  // People who were not moved lose their second way.
  const isNobody = preview.people === 0 && !(isEarlier && who === 'all')
  return (
    <Frame
      title={`${action}?`}
      breadcrumb={crumbsBelow(at)}
      lead={`Sign-in method afterwards: ${AFTERWARDS[to]}. ${EFFECTS[who]}`}
      narrow={true}
    >
      {isNobody ? (
        <>
          <p>No one is affected: there is nothing to give back.</p>
          <a href={back.href}>{back.label}</a>
        </>
      ) : (
        <>
          {!isEarlier && <WithoutPassword preview={preview} />}
          {who === 'outside' && <Outside preview={preview} />}
          <Form
            action={`${at.path}/roll-back`}
            hidden={{ who, to, ...(who === 'person' && { user: person!.userSid }) }}
          >
            {!isEarlier && preview.withoutPassword > 0 && (
              <WithoutPasswordChoice count={preview.withoutPassword} />
            )}
            <SubmitRow primary={{ label: action }} cancel={back} />
          </Form>
        </>
      )}
    </Frame>
  )
}

const EFFECTS: Readonly<Record<GiveBackChoice['who'], string>> = {
  all: 'The go-ahead is cancelled. To enforce SSO again, it needs a new one.',
  unproved: 'They stay on the list, and the next enforcement takes them once they sign in by SSO.',
  outside: 'No list of this connection has them, such as newcomers.',
  person: 'The person is excluded from the list.',
}

/** Those who need more than this page does, before all others. */
function WithoutPassword({ preview }: { preview: RollbackPreview }) {
  const { withoutPassword, first } = preview
  if (withoutPassword === 0) return null
  const named = first.filter(({ hasPassword }) => !hasPassword)
  return (
    <Notice tone="warning" title={`No password in the app: ${people(withoutPassword)}`}>
      <p>
        They came by provisioning or by their first login, so the app does not know a password of
        theirs. The app is told to offer them a reset.
      </p>
      <DataTable
        caption="People without a password"
        captionHidden={true}
        columns={[{ name: 'Login e-mail', cell: ({ email }) => email }]}
        rows={named}
        empty=""
      />
      {withoutPassword > named.length && <p>And {figure(withoutPassword - named.length)} more.</p>}
    </Notice>
  )
}

function Outside({ preview: { people: count, first } }: { preview: RollbackPreview }) {
  return (
    <>
      <DataTable
        caption="People on no list"
        columns={[{ name: 'Login e-mail', cell: ({ email }) => email }]}
        rows={first}
        empty=""
      />
      {count > first.length && <p>And {figure(count - first.length)} more.</p>}
    </>
  )
}

function WithoutPasswordChoice({ count }: { count: number }) {
  return (
    <RadioGroup
      name="withoutPassword"
      label={`${people(count)} without a password`}
      value="give_back"
      options={[
        {
          value: 'give_back',
          label: 'Give back like the others',
          hint: 'The app is told to offer them a password reset.',
        },
        {
          value: 'keep_sso',
          label: 'Stay on SSO',
          hint: 'They cannot sign in while the IdP does not work.',
        },
      ]}
    />
  )
}
