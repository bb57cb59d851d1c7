// Progress bars of people. Server-side SVG: words carry everything that the picture shows.
import type { Child } from 'hono/jsx'
import type { RolloutProgress } from '../../../rollout/operations.ts'
import { figure } from './words.ts'

export type BarTone = 'good' | 'progress' | 'warning' | 'neutral'

/** One bar with its label and figures. */
export function Bar(props: {
  label: string
  count: number
  total: number
  tone: BarTone
  /** Instead of "33 of 36". */
  words?: string
  /** An explanation below the bar. */
  about?: Child
}) {
  const { label, count, total, tone, words, about } = props
  const share = total > 0 ? Math.min(1, count / total) : 0
  return (
    <div class={`bar ${tone}`}>
      <span class="bar-label">{label}</span>
      <span class="bar-figure">{words ?? `${figure(count)} of ${figure(total)}`}</span>
      <svg aria-hidden="true">
        <rect class="track" width="100%" height="100%" rx="4" />
        {share > 0 && <rect class="share" width={`${round(share * 100)}%`} height="100%" rx="4" />}
      </svg>
      {about && <small>{about}</small>}
    </div>
  )
}

/** Progress of the people on a list. `short`: for tables of rollouts. */
export function ProgressBars({
  counts,
  short = false,
  isMove,
}: {
  counts: RolloutProgress['counts']
  short?: boolean
  isMove: boolean
}) {
  const { included, informed, enabled, proved, unproved, exempt, enforcedUnproved } = counts
  return (
    <div class={short ? 'bars short' : 'bars'}>
      <Bar
        label={isMove ? 'Open' : 'Enabled'}
        count={enabled}
        total={included}
        tone="progress"
        about={short ? undefined : isMove ? 'can use the new sign-in' : 'can sign in with SSO'}
      />
      {!short && (
        <Bar
          label="Informed"
          count={informed}
          total={included}
          tone="progress"
          about="have received the notice"
        />
      )}
      <Bar
        label="Logged in"
        count={proved}
        total={included}
        tone="good"
        about={
          short
            ? undefined
            : unproved > 0 && enabled > 0
              ? `${figure(unproved)} not yet; ${
                  isMove ? 'moving' : 'enforcing SSO for'
                } everyone would lock them out`
              : 'through this IdP'
        }
      />
      <Bar
        label={isMove ? 'Moved' : 'Enforced'}
        count={isMove ? counts.there : counts.enforced}
        total={included}
        tone={enforcedUnproved > 0 ? 'warning' : 'good'}
        about={
          enforcedUnproved > 0
            ? `${figure(enforcedUnproved)} ${isMove ? 'SSO only' : 'enforced'}, never signed in`
            : short
              ? undefined
              : isMove
                ? 'to this connection'
                : exempt > 0
                  ? `SSO only; ${figure(exempt)} break-glass`
                  : 'SSO only'
        }
      />
    </div>
  )
}

const round = (value: number) => Math.round(value * 100) / 100
