// What each side says of the configuration, and the form with which the side that is looking says it.
import type { Problem } from '../../../problem.ts'
import type { SignOff, Side } from '../../../rollout/validation/sign-off-operations.ts'
import type { Room } from '../../../rollout/validation/room-operations.ts'
import { None, Notice, Section, Status } from '../../kit/blocks.tsx'
import { Form, RadioGroup, SubmitRow, TextArea, TextField } from '../../kit/forms.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'
import { messageOf } from '../../kit/words.ts'
import { Moment } from './show.tsx'

/** What the form had, to be shown again. */
export type WordValues = { verdict: string; name: string; note: string }

export type SideNames = Readonly<Record<Side, string>>

export function WordSection(props: {
  at: ConnectionContext
  room: Room
  sides: SideNames
  values?: WordValues | undefined
  problem?: Problem | undefined
}) {
  const { at, room, sides } = props
  const { vendor, customer } = room.signOffs
  return (
    <Section id="word" title="What each side says">
      <Said id="vendor-said" side="vendor" name={sides.vendor} said={vendor} room={room} />
      <Said id="customer-said" side="customer" name={sides.customer} said={customer} room={room} />
      <div id="word-outcome" data-part={true}>
        <Outcome room={room} />
      </div>
      <div id="word-form" data-part={true}>
        <WordForm {...props} at={at} />
      </div>
    </Section>
  )
}

function Said(props: { id: string; side: Side; name: string; said: SignOff | null; room: Room }) {
  const { id, side, name, said, room } = props
  const words = said && (said.verdict === 'pass' ? 'It works' : 'It does not work')
  return (
    <div
      id={id}
      class="said"
      data-part={true}
      data-say={said && words ? `${name}, ${said.name}: ${words}.` : undefined}
    >
      <h3>
        {name} <small>{side === 'vendor' ? 'vendor' : 'customer'}</small>
      </h3>
      {said ? (
        <>
          <p>
            <Status tone={said.verdict === 'pass' ? 'good' : 'danger'}>{words}</Status>
          </p>
          <p>
            {said.name}, <Moment at={said.createdAt} />, of revision {room.signOffs.revision}
          </p>
          {said.note && <blockquote>{said.note}</blockquote>}
        </>
      ) : (
        <None>nothing yet of revision {room.signOffs.revision}</None>
      )}
    </div>
  )
}

function Outcome({ room }: { room: Room }) {
  const { vendor, customer, revision } = room.signOffs
  if (vendor?.verdict === 'pass' && customer?.verdict === 'pass')
    return (
      <Notice tone="info" title={`Both sides have passed revision ${revision}`}>
        <p>
          {room.connection.state === 'testing'
            ? 'The connection is validated.'
            : 'Single sign-on can be rolled out.'}{' '}
          {VOIDS}
        </p>
      </Notice>
    )
  return (
    <p class="hint">
      When both sides have passed the same revision, the connection is validated: without that
      nobody’s single sign-on can be enforced. Saying it changes nobody’s sign-in. {VOIDS}
    </p>
  )
}

const VOIDS =
  'An edit of anything that decides who is let in makes a new revision, of which neither side has said anything.'

function WordForm(props: {
  at: ConnectionContext
  room: Room
  sides: SideNames
  values?: WordValues | undefined
  problem?: Problem | undefined
}) {
  const { at, room, sides, problem } = props
  const { viewer, connection, isTried, signOffs } = room
  if (viewer.side === null || !viewer.maySignOff)
    return <p class="hint">Your link does not allow to say so for {sides.customer}.</p>
  if (connection.state === 'draft' || connection.state === 'suspended')
    return (
      <p class="hint">
        {connection.state === 'draft'
          ? 'There is nothing to say before testing has begun.'
          : 'The connection is suspended: nobody can try it.'}
      </p>
    )
  const before = signOffs[viewer.side]
  const values = props.values ?? { verdict: '', name: before?.name ?? nameOf(at), note: '' }
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <details open={props.values !== undefined || (isTried && before === null)}>
      <summary class="button secondary">
        {before ? 'Say otherwise' : `Say pass or fail for ${sides[viewer.side]}`}
      </summary>
      <Form action={`${at.base}/room/sign-off`} hidden={{ revision: String(connection.revision) }}>
        <RadioGroup
          name="verdict"
          label={`Revision ${connection.revision}`}
          hint={
            isTried
              ? undefined
              : 'Nobody has got in with it yet. A pass is taken when somebody has, by a login or by a test sign-in.'
          }
          required={true}
          value={values.verdict}
          options={[
            {
              value: 'pass',
              label: 'Pass: it works',
              hint: 'People get in, as the people they are.',
            },
            {
              value: 'fail',
              label: 'Fail: it does not work',
              hint: 'The other side sees at once that something is wrong.',
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
          hint="What was tried, by whom, and what was not."
          rows={3}
          value={values.note}
          error={errorOf('note')}
        />
        <SubmitRow primary={`Say so for ${sides[viewer.side]}`} />
      </Form>
    </details>
  )
}

function nameOf({ context }: ConnectionContext): string {
  return 'name' in context.actor ? context.actor.name : ''
}
