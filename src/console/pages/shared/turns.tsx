// Whose turn it is, at the top of a page: what the reader has to do now, or for whom it waits.
import { TURN_STEPS, type Turn } from '../../../rollout/operations.ts'
import { Instant, Notice } from '../../kit/blocks.tsx'

/** `base`: the page of the connection, in this console or portal. */
export function hrefOfTurn({ step, rollout }: Turn, base: string): string {
  return `${base}${rollout ? `/rollouts/${rollout.sid}` : ''}${TURN_STEPS[step].at}`
}

export function TurnNotice(props: {
  turns: readonly Turn[]
  reader: 'customer' | 'operator'
  base: string
  now: number
}) {
  const { turns, reader, base, now } = props
  const own = turns.filter(({ side }) => side === reader)
  const others = turns.filter(({ side }) => side !== reader)
  return (
    <>
      {own.length > 0 && (
        <Notice tone="info" title="Your turn">
          <TurnList turns={own} base={base} now={now} />
        </Notice>
      )}
      {others.length > 0 && (
        <Notice
          tone="info"
          title={reader === 'operator' ? 'Waiting for the customer' : 'Waiting for support'}
        >
          <TurnList turns={others} base={base} now={now} />
        </Notice>
      )}
    </>
  )
}

function TurnList(props: { turns: readonly Turn[]; base: string; now: number }) {
  const { turns, base, now } = props
  return (
    <ul class="turns">
      {turns.map((turn) => (
        <li>
          <a href={hrefOfTurn(turn, base)}>{wordsOfTurn(turn)}</a>{' '}
          <small>
            <Instant at={turn.beganAt} now={now} show="relative" />
          </small>
        </li>
      ))}
    </ul>
  )
}

export function wordsOfTurn({ task, rollout }: Turn): string {
  return rollout ? `${task}: ${rollout.name}` : task
}
