// Status badges: a state as shape, word and colour.
import type { Child } from 'hono/jsx'

/** One shape per state, so that colour is never the only difference. */
export type StatusShape =
  'none' | 'part' | 'ready' | 'good' | 'paused' | 'info' | 'warning' | 'danger'

const SHAPES: Readonly<Record<StatusShape, Child>> = {
  none: <circle cx="8" cy="8" r="6" stroke-dasharray="2.6 2.1" />,
  part: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path class="fill" d="M8 2a6 6 0 0 1 0 12z" />
    </>
  ),
  ready: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.3 8.2 2 2 3.4-4.2" />
    </>
  ),
  good: (
    <>
      <circle class="fill" cx="8" cy="8" r="6" />
      <path class="cut" d="m5.3 8.2 2 2 3.4-4.2" />
    </>
  ),
  paused: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="2" />
      <path d="M6.2 5.5v5M9.8 5.5v5" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.5V11M8 4.8v.4" />
    </>
  ),
  warning: <path d="M8 2.2 14.2 13.5H1.8zM8 6.5v3M8 11.3v.3" />,
  danger: (
    <>
      <path class="fill" d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z" />
      <path class="cut" d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />
    </>
  ),
}

export function Icon({ shape }: { shape: StatusShape }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[shape]}
    </svg>
  )
}

export type StatusTone = 'neutral' | 'progress' | 'good' | 'warning' | 'danger'

const STATUS_SHAPES: Readonly<Record<StatusTone, StatusShape>> = {
  neutral: 'none',
  progress: 'part',
  good: 'good',
  warning: 'warning',
  danger: 'danger',
}

/** A status with shape and colour. */
export function Status({ tone, children }: { tone: StatusTone; children: Child }) {
  return (
    <span class={`status unbroken ${tone}`}>
      <Icon shape={STATUS_SHAPES[tone]} />
      {children}
    </span>
  )
}

const STATES = {
  draft: { tone: 'neutral', shape: 'none', word: 'Draft' },
  testing: { tone: 'progress', shape: 'part', word: 'Testing' },
  validated: { tone: 'good', shape: 'ready', word: 'Validated' },
  live: { tone: 'good', shape: 'good', word: 'Live' },
  suspended: { tone: 'warning', shape: 'paused', word: 'Suspended' },
} as const

/** The state of a connection. */
export function StateBadge({ state }: { state: keyof typeof STATES }) {
  const { tone, shape, word } = STATES[state]
  return (
    <span class={`status badge unbroken ${tone}`}>
      <Icon shape={shape} />
      {word}
    </span>
  )
}
