// Both sides' sign-offs of the configuration, and the form for the viewer's own.
import { isOpenState } from '../../../connections/standing.ts'
import type { Problem } from '../../../problem.ts'
import type { SignOff, Side } from '../../../rollout/validation/sign-off-operations.ts'
import type { Room } from '../../../rollout/validation/room-operations.ts'
import { None, Notice, Section, Status } from '../../kit/blocks.tsx'
import { Form, RadioGroup, SubmitRow, TextArea, TextField } from '../../kit/forms.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'
import { messageOf } from '../../kit/words.ts'
import { Moment } from './attempt-values.tsx'

/** The entered values, when the form is shown again. */
export type SignOffValues = { verdict: string; name: string; note: string }

export type SideNames = Readonly<Record<Side, string>>

export function SignOffSection(props: {
  at: ConnectionContext
  room: Room
  sides: SideNames
  values?: SignOffValues | undefined
  problem?: Problem | undefined
}) {
  const { at, room, sides } = props
  const { vendor, customer } = room.signOffs
  return (
    <Section id="sign-off" title="Sign-off">
      <SideResult
        id="vendor-sign-off"
        side="vendor"
        name={sides.vendor}
        signOff={vendor}
        room={room}
      />
      <SideResult
        id="customer-sign-off"
        side="customer"
        name={sides.customer}
        signOff={customer}
        room={room}
      />
      <div id="sign-off-outcome" data-part={true}>
        <Outcome room={room} />
      </div>
      <div id="sign-off-form" data-part={true}>
        <SignOffForm {...props} at={at} />
      </div>
    </Section>
  )
}

function SideResult(props: {
  id: string
  side: Side
  name: string
  signOff: SignOff | null
  room: Room
}) {
  const { id, side, name, signOff, room } = props
  const words = signOff && (signOff.verdict === 'pass' ? 'Passed' : 'Failed')
  return (
    <div
      id={id}
      class="sign-off"
      data-part={true}
      data-say={signOff && words ? `${name}, ${signOff.name}: ${words}.` : undefined}
    >
      <h3>
        {name} <small>{side === 'vendor' ? 'vendor' : 'customer'}</small>
      </h3>
      {signOff ? (
        <>
          <p>
            <Status tone={signOff.verdict === 'pass' ? 'good' : 'danger'}>{words}</Status>
          </p>
          <p>
            {signOff.name}, <Moment at={signOff.createdAt} />, revision {room.signOffs.revision}
          </p>
          {signOff.note && <blockquote>{signOff.note}</blockquote>}
        </>
      ) : (
        <None>No result for revision {room.signOffs.revision} yet</None>
      )}
    </div>
  )
}

function Outcome({ room }: { room: Room }) {
  const { vendor, customer, revision } = room.signOffs
  if (vendor?.verdict === 'pass' && customer?.verdict === 'pass')
    return (
      <Notice tone="info" title={`Both sides passed revision ${revision}`}>
        <p>
          {room.connection.state === 'testing'
            ? 'The connection is validated.'
            : 'You can roll out single sign-on.'}{' '}
          {NEW_REVISION}
        </p>
      </Notice>
    )
  return (
    <p class="hint">
      The connection is validated when both sides pass the same revision. SSO cannot be enforced
      before that. Signing off does not change how anyone signs in. {NEW_REVISION}
    </p>
  )
}

const NEW_REVISION =
  'Changing a trust setting creates a new revision, which both sides must sign off again.'

function SignOffForm(props: {
  at: ConnectionContext
  room: Room
  sides: SideNames
  values?: SignOffValues | undefined
  problem?: Problem | undefined
}) {
  const { at, room, sides, problem } = props
  const { viewer, connection, isTried, signOffs } = room
  if (viewer.side === null || !viewer.maySignOff)
    return <p class="hint">Your setup link does not allow you to sign off for {sides.customer}.</p>
  if (!isOpenState(connection.state))
    return (
      <p class="hint">
        {connection.state === 'draft'
          ? 'You can sign off after testing starts.'
          : 'The connection is suspended, so it cannot be tested.'}
      </p>
    )
  const before = signOffs[viewer.side]
  const values = props.values ?? { verdict: '', name: before?.name ?? nameOf(at), note: '' }
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.reader) : undefined
  return (
    <details open={props.values !== undefined || (isTried && before === null)}>
      <summary class="button secondary">
        {before ? 'Change result' : `Sign off for ${sides[viewer.side]}`}
      </summary>
      <Form action={`${at.base}/room/sign-off`} hidden={{ revision: String(connection.revision) }}>
        <RadioGroup
          name="verdict"
          label={`Result for revision ${connection.revision}`}
          hint={
            isTried
              ? undefined
              : 'A pass needs a successful login or test sign-in with this revision first.'
          }
          required={true}
          value={values.verdict}
          options={[
            {
              value: 'pass',
              label: 'Pass',
              hint: 'People can sign in, each as the right user.',
            },
            {
              value: 'fail',
              label: 'Fail',
              hint: 'Something is wrong. The other side sees it immediately.',
            },
          ]}
          error={errorOf('verdict')}
        />
        <TextField
          name="name"
          label="Your name"
          value={values.name}
          required={true}
          maxlength={200}
          error={errorOf('name')}
        />
        <TextArea
          name="note"
          label="Note (optional)"
          hint="What you tested, who tested it, and what you did not test."
          rows={3}
          value={values.note}
          error={errorOf('note')}
        />
        <SubmitRow primary={`Record result for ${sides[viewer.side]}`} />
      </Form>
    </details>
  )
}

function nameOf({ context }: ConnectionContext): string {
  return 'name' in context.actor ? context.actor.name : ''
}
