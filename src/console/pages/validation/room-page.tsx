// The validation room: one page on each side over the same state. What of it may change while somebody watches are its parts.
import type { Problem } from '../../../problem.ts'
import type { Room } from '../../../rollout/validation/room-operations.ts'
import type { ValidationStep } from '../../../rollout/validation/steps.ts'
import { CopyField, None, Notice, Section, StateBadge, Status } from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import { LIVE_SCRIPT } from '../../kit/console-script.ts'
import { Icon } from '../../kit/status.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { AttemptList } from './room-attempts.tsx'
import { WordSection, type SideNames, type WordValues } from './room-word.tsx'
import { LastAttempt, Moment, offsetInWords } from './show.tsx'
import { Proved } from './testers.tsx'

type RoomProps = {
  at: ConnectionContext
  room: Room
  sides: SideNames
  values?: WordValues | undefined
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
      lead="Both sides see this page: every attempt as it comes, every check, and what each side says of it."
      script={LIVE_SCRIPT}
    >
      <LiveState at={at} room={room} />
      <RoomBody {...props} />
    </at.Frame>
  )
}

/** What the script fetches when something has changed: the parts alone. */
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
    <span id="room-state" data-part={true} data-say={`The connection is ${connection.state} now.`}>
      <StateBadge state={connection.state} />
    </span>
  )
}

/** How the page keeps up, in words for every case; without scripts the first stays. */
function LiveState({ at, room }: { at: ConnectionContext; room: Room }) {
  const here = `${at.base}/room`
  const again = <a href={here}>Load it again</a>
  return (
    <div class="live" data-live={`${here}/live`} data-version={tagOf(room)} data-said="room-said">
      <p data-state="off">
        This page shows how things were when it was loaded. <a href={here}>Refresh</a>
      </p>
      <p data-state="live" hidden={true}>
        <Status tone="good">Live</Status> What happens appears here within two seconds.
      </p>
      <p data-state="hidden" hidden={true}>
        <Status tone="neutral">Paused</Status> It goes on when you look at it.
      </p>
      <p data-state="paused" hidden={true} data-say="Paused after an hour.">
        <Status tone="neutral">Paused after an hour</Status>{' '}
        <button type="button" class="button secondary" data-go-on={true}>
          Go on
        </button>
      </p>
      <p data-state="lost" hidden={true} data-say="The connection is lost. Trying again.">
        <Status tone="warning">No answer</Status> Trying again every five seconds.
      </p>
      <p data-state="ended" hidden={true} data-say="Not live any more.">
        <Status tone="warning">Not live any more</Status> Your sign-in or your link has ended, or
        the page has gone. {again}
      </p>
      <p id="room-said" class="visually-hidden" role="status" />
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
      <Section id="steps" title="Where it stands">
        <div id="step-list" data-part={true}>
          <Steps at={at} steps={room.steps} />
        </div>
      </Section>
      <div class="room">
        <WordSection {...props} />
        <Section
          id="attempts"
          title="Attempts"
          lead="The latest 20, newest first."
          actions={<a href={`${at.base}/attempts`}>All of them</a>}
        >
          <div id="test-link" data-part={true}>
            <TestSignIn at={at} room={room} />
          </div>
          <AttemptList at={at} attempts={room.attempts} />
        </Section>
        <div class="more">
          <Section id="clock" title="The IdP’s clock">
            <div id="clock-offset" data-part={true}>
              <Clock room={room} />
            </div>
          </Section>
          <Section
            id="testers"
            title="Testers"
            actions={at.may.test && <a href={`${at.base}/testers`}>Nominate</a>}
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

/** Where each is done: on the page of the connection, or below. */
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
        const href = id === 'validation' ? '#word' : PLACES[id] && at.base + PLACES[id]
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
            ? 'Nobody can try it before testing begins'
            : 'Nobody can try it now'
        }
        {...(connection.state === 'draft'
          ? { action: <ButtonLink href={`${at.base}#test`} label="What is missing" /> }
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
          For testers, as often as they like. It makes every check and creates no session: nobody is
          signed in by it. Or{' '}
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
  if (median === null) return <None>not measured yet: the first signed message tells</None>
  return (
    <>
      <p>
        <Status tone={CLOCK_TONES[level]}>{offsetInWords(median)}</Status>
      </p>
      {advice && <p>{advice}</p>}
      <p class="hint">
        {samples === 1 ? 'By one message' : `The median of ${samples} messages`} that the IdP has
        signed.
      </p>
    </>
  )
}

function Testers({ at, room }: { at: ConnectionContext; room: Room }) {
  if (room.testers.length === 0) return <None>nobody yet</None>
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
