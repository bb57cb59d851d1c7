// The validation room: one page on each side over the same state. What of it may change while
// somebody watches are its parts.
import type { Problem } from '../../../problem.ts'
import type { Room } from '../../../rollout/validation/room-operations.ts'
import type { ValidationStep } from '../../../rollout/validation/steps.ts'
import { CopyField, None, Notice, Section, StateBadge, Status } from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import { HistoryNotice } from '../../kit/history-notice.tsx'
import { Icon } from '../../kit/status.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { AttemptList } from './room-attempts.tsx'
import { SignOffSection, type SideNames, type SignOffValues } from './sign-off-section.tsx'
import { LastAttempt, Moment, offsetInWords } from './attempt-values.tsx'
import { Proved } from './testers.tsx'

type RoomProps = {
  at: ConnectionContext
  room: Room
  sides: SideNames
  values?: SignOffValues | undefined
  problem?: Problem | undefined
}

export function RoomPage(props: RoomProps) {
  const { at, room, problem } = props
  return (
    <at.Frame
      title="Validation room"
      badge={<Badge room={room} />}
      breadcrumb={crumbs(at)}
      current={`${at.base}/room`}
      problem={problem}
      lead="Both sides see this page: each attempt as it happens, every check, and both sign-offs."
    >
      <LiveState at={at} room={room} />
      <RoomBody {...props} />
    </at.Frame>
  )
}

/** The parts alone, which the script fetches after a change. */
export function RoomFragment(props: RoomProps) {
  return (
    <>
      <Badge room={props.room} />
      <RoomBody {...props} />
    </>
  )
}

function Badge({ room: { connection } }: { room: Room }) {
  return (
    <span id="room-state" data-part={true} data-say={`The connection is now ${connection.state}.`}>
      <StateBadge state={connection.state} />
    </span>
  )
}

/** Tells whether the page updates itself. Without scripts, the first text stays. */
function LiveState({ at, room }: { at: ConnectionContext; room: Room }) {
  const here = `${at.base}/room`
  const again = <a href={here}>Reload page</a>
  return (
    <div
      class="live"
      data-live={`${here}/live`}
      data-version={tagOf(room)}
      data-status="room-status"
    >
      <p data-state="off">
        This page does not update by itself. <a href={here}>Refresh</a>
      </p>
      <p data-state="live" hidden={true}>
        <Status tone="good">Connected</Status> Changes appear here within two seconds.
      </p>
      <p data-state="hidden" hidden={true}>
        <Status tone="neutral">Paused</Status> Updates continue when you return to this page.
      </p>
      <p data-state="paused" hidden={true} data-say="Paused after one hour.">
        <Status tone="neutral">Paused</Status> Updates stopped after one hour.{' '}
        <button type="button" class="button secondary" data-go-on={true}>
          {' '}
          Continue{' '}
        </button>
      </p>
      <p data-state="lost" hidden={true} data-say="No response from the server. Retrying.">
        <Status tone="warning">Offline</Status> No response from the server. Retrying every five
        seconds.
      </p>
      <p data-state="ended" hidden={true} data-say="Updates have stopped.">
        <Status tone="warning">Stopped</Status> Your session or setup link has ended, or the
        connection was removed. {again}
      </p>
      <p id="room-status" class="visually-hidden" role="status" />
    </div>
  )
}

export function tagOf({ version }: Pick<Room, 'version'>): string {
  return `"${version}"`
}

function RoomBody(props: RoomProps) {
  const { at, room } = props
  return (
    <>
      <Section id="steps" title="Progress">
        <div id="step-list" data-part={true}>
          <Steps at={at} steps={room.steps} />
        </div>
      </Section>
      <div class="room">
        <SignOffSection {...props} />
        <Section
          id="attempts"
          title="Attempts"
          lead="The latest 20 attempts, newest first."
          actions={<a href={`${at.base}/attempts`}>All attempts</a>}
        >
          <div id="test-link" data-part={true}>
            <TestSignIn at={at} room={room} />
          </div>
          {!room.attempts && <HistoryNotice />}
          <AttemptList at={at} attempts={room.attempts ?? []} />
        </Section>
        <div class="more">
          <Section id="clock" title="IdP clock">
            <div id="clock-offset" data-part={true}>
              <Clock room={room} />
            </div>
          </Section>
          <Section
            id="testers"
            title="Testers"
            actions={at.may.test && <a href={`${at.base}/testers`}>Nominate testers</a>}
          >
            <div id="tester-list" data-part={true}>
              <Testers at={at} room={room} />
            </div>
          </Section>
        </div>
      </div>
    </>
  )
}

const STEP_STATES = {
  done: { shape: 'good', tone: 'good', word: 'Done' },
  current: { shape: 'part', tone: 'progress', word: 'Now' },
  waiting: { shape: 'none', tone: 'neutral', word: 'Waiting' },
} as const

/** Links to the place of each step. */
const PLACES: Readonly<Partial<Record<ValidationStep['id'], string>>> = {
  their_side: '#theirs',
  our_side: '#ours',
  testers: '#test',
  selection: '#roll-out',
  enforcement: '#roll-out',
}

function Steps({ at, steps }: { at: ConnectionContext; steps: readonly ValidationStep[] }) {
  return (
    <ol class="steps">
      {steps.map(({ id, title, state, why }) => {
        const { shape, tone, word } = STEP_STATES[state]
        const href = id === 'validation' ? '#sign-off' : PLACES[id] && at.base + PLACES[id]
        return (
          <li class={`${tone} ${state}`} aria-current={state === 'current' ? 'step' : undefined}>
            <Icon shape={shape} />
            <div>
              <p>
                <span class="word">{word}</span>{' '}
                <b>{href && state === 'current' ? <a href={href}>{title}</a> : title}</b>
              </p>
              <p class="hint">{why}</p>
            </div>
          </li>
        )
      })}
    </ol>
  )
}

function TestSignIn({ at, room }: { at: ConnectionContext; room: Room }) {
  const { testPath, connection } = room
  if (testPath === null)
    return (
      <Notice
        tone="info"
        title={
          connection.state === 'draft'
            ? 'You can test the connection after testing starts'
            : 'Testing is not possible now'
        }
        {...(connection.state === 'draft'
          ? { action: <ButtonLink href={`${at.base}#test`} label="Show what is missing" /> }
          : {})}
      />
    )
  return (
    <CopyField
      id="test-url"
      label="Test sign-in link"
      value={at.origin + testPath}
      hint={
        <>
          Testers can use it any number of times. It runs every check but does not sign anyone in.
          You can also{' '}
          <a href={testPath} target="_blank" rel="noopener">
            test it yourself<span class="visually-hidden"> (opens in a new tab)</span>
          </a>
          .
        </>
      }
    />
  )
}

const CLOCK_TONES = {
  unknown: 'neutral',
  good: 'good',
  drifting: 'warning',
  beyond_skew: 'danger',
} as const

function Clock({ room: { clock } }: { room: Room }) {
  const { median, samples, level, advice } = clock
  if (median === null) return <None>Not measured yet. The first signed message sets it.</None>
  return (
    <>
      <p>
        <Status tone={CLOCK_TONES[level]}>{offsetInWords(median)}</Status>
      </p>
      {advice && <p>{advice}</p>}
      <p class="hint">
        {samples === 1 ? 'From 1 signed message' : `Median of ${samples} signed messages`} of the
        IdP.
      </p>
    </>
  )
}

function Testers({ at, room }: { at: ConnectionContext; room: Room }) {
  if (room.testers.length === 0) return <None>No testers yet</None>
  return (
    <ul class="people">
      {room.testers.map((tester) => (
        <li>
          <b>{tester.user.email}</b>
          <div>
            <Proved of={tester} /> {tester.provedAt !== null && <Moment at={tester.provedAt} />}
          </div>
          {tester.provedAt === null && tester.lastAttempt !== null && (
            <div class="hint">
              <LastAttempt of={tester} base={at.base} />
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}
