// Renders single values: to copy, compare, date, or show beside their previous value. No clock:
// `now` is
// an argument.
import type { Child } from 'hono/jsx'
import { dateInWords, instantInWords } from './dates.ts'
import { Icon } from './status.tsx'
import { DAY, HOUR, MINUTE } from '../../durations.ts'

/** A value to copy. The button needs scripts; without them the field can be selected. */
export function CopyField(props: {
  /** Unique on the page. */
  id: string
  label: string
  value: string
  /** Where it goes, in the words of the IdP's screens. */
  hint?: Child
  /** For XML and certificates: keeps its lines and scrolls. */
  lines?: number
  /** With `lines`: a text for people, whose long lines are broken. */
  words?: boolean
}) {
  const { id, label, value, hint, lines, words } = props
  return (
    <div class="copy">
      <label for={id}>{label}</label>
      {hint && (
        <div class="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <div>
        <textarea
          id={id}
          class={`code${lines === undefined ? '' : ' lines'}${words ? ' words' : ''}`}
          readonly={true}
          rows={lines ?? Math.max(1, Math.ceil(value.length / 60))}
          spellcheck={false}
          aria-describedby={hint ? `${id}-hint` : undefined}
        >
          {value}
        </textarea>
        <button type="button" class="button secondary" data-copy={id} hidden={true}>
          <span data-word={true}>Copy</span>
          <span class="visually-hidden"> {label}</span>
        </button>
        <span class="visually-hidden" role="status" />
      </div>
    </div>
  )
}

/** What support asks for: of an attempt, or of a refused request. */
export function Reference({ sid }: { sid: string }) {
  return (
    <span class="copy-code">
      <input id={sid} class="code" readonly={true} value={sid} aria-label="Reference" />
      <button type="button" class="button secondary" data-copy={sid} hidden={true}>
        <span data-word={true}>Copy</span>
        <span class="visually-hidden"> reference</span>
      </button>
      <span class="visually-hidden" role="status" />
    </span>
  )
}

/** Names and values. Missing values show "None". */
export function KeyValues({ rows }: { rows: readonly { name: string; value: Child }[] }) {
  return (
    <dl class="values">
      {rows.map(({ name, value }) => (
        <div>
          <dt>{name}</dt>
          <dd>{isThere(value) ? value : <None />}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Shown instead of a missing value. */
export function None({ children = 'None' }: { children?: Child }) {
  return <span class="none">{children}</span>
}

/** Hexadecimal in groups, to compare by eye. Copying omits the gaps. `short`: for tables. */
export function Fingerprint({ hex, short = false }: { hex: string; short?: boolean }) {
  const groups = hex.match(/.{1,4}/g) ?? []
  return (
    <code class={short ? 'fingerprint unbroken' : 'fingerprint'}>
      {(short ? groups.slice(0, 4) : groups).map((group) => (
        <>
          <span>{group}</span>
          {!short && <wbr />}
        </>
      ))}
      {short && groups.length > 4 && '…'}
    </code>
  )
}

/** An identifier or another value that is read letter by letter. */
export function Code({ children }: { children: Child }) {
  return <code class="code">{children}</code>
}

/** When each unit starts: "in 23 months" is more precise than "in 1 year". */
const UNITS = [
  { unit: 'year', from: 730.5 * DAY, length: 365.25 * DAY },
  { unit: 'month', from: 92 * DAY, length: 30.4375 * DAY },
  { unit: 'day', from: 2 * DAY, length: DAY },
  { unit: 'hour', from: 2 * HOUR, length: HOUR },
  { unit: 'minute', from: MINUTE, length: MINUTE },
] as const

/**
 * "in 23 days", "3 hours ago", "just now". Milliseconds. Rounds down, so no deadline looks much
 * later than it is; what lacks less than a twentieth is whole: a link made for 7 days says so.
 */
function relativeTime(at: number, now: number): string {
  const distance = Math.abs(at - now)
  const scale = UNITS.find(({ from, length }) => distance >= from - length / 20)
  if (!scale) return at > now ? 'in a moment' : 'just now'
  const count = Math.floor(distance / scale.length + 1 / 20)
  const words = `${count} ${scale.unit}${count === 1 ? '' : 's'}`
  return at > now ? `in ${words}` : `${words} ago`
}

/** The last time of something; null for never. */
export function LastTime({ at, now }: { at: number | null; now: number }) {
  return at === null ? <None>Never</None> : <Instant at={at} now={now} show="relative" />
}

/** An instant in UTC; with `now`, also its distance. `show="date"`: without the time. */
export function Instant(props: {
  /** Milliseconds since 1970. */
  at: number
  now?: number
  /** `relative`: only the distance, with the instant as a tooltip. */
  show?: 'all' | 'date' | 'relative'
}) {
  const { at, now, show = 'all' } = props
  const iso = new Date(at).toISOString()
  const words = show === 'date' ? `${dateInWords(at)} UTC` : instantInWords(at)
  const distance = now === undefined ? undefined : relativeTime(at, now)
  if (show === 'relative' && distance)
    return (
      <time class="unbroken" datetime={iso} title={words}>
        {distance}
      </time>
    )
  return (
    <span class={show === 'date' ? 'instant unbroken' : 'instant'}>
      <time datetime={iso}>{words}</time>
      {distance && ' '}
      {distance && <small>{distance}</small>}
    </span>
  )
}

/** `code`: set in a monospaced font. */
export type ShownChange = { name: string; before?: Child; after?: Child; code?: boolean }

/** A change field by field, in previews and in the history. Marks the differing part of texts. */
export function Difference({ changes }: { changes: readonly ShownChange[] }) {
  return (
    <dl class="difference">
      {changes.map(({ name, before, after, code }) => (
        <div>
          <dt>{name}</dt>
          {isThere(before) && (
            <dd class="before">
              <span class="visually-hidden">{isThere(after) ? 'Before: ' : 'Removed: '}</span>
              <div class={code ? 'code' : undefined}>{marked(before, after)}</div>
            </dd>
          )}
          {isThere(after) && (
            <dd class="after">
              <span class="visually-hidden">{isThere(before) ? 'After: ' : 'Added: '}</span>
              <div class={code ? 'code' : undefined}>{marked(after, before)}</div>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

/** The text with the part marked that differs; unmarked if the texts share no start or end. */
export function marked(value: Child, other: Child): Child {
  if (typeof value !== 'string' || typeof other !== 'string') return value
  const shorter = Math.min(value.length, other.length)
  let start = 0
  while (start < shorter && value[start] === other[start]) start += 1
  let end = 0
  while (end < shorter - start && value.at(-1 - end) === other.at(-1 - end)) end += 1
  if (start + end === 0) return value
  return (
    <>
      {value.slice(0, start)}
      <mark>{value.slice(start, value.length - end)}</mark>
      {value.slice(value.length - end)}
    </>
  )
}

/** False for values that would render as nothing. */
export function isThere(value: Child | undefined): boolean {
  return value !== undefined && value !== null && value !== ''
}

const OUTCOMES = {
  passed: { shape: 'good', tone: 'good', word: 'Passed' },
  failed: { shape: 'danger', tone: 'danger', word: 'Failed' },
  warning: { shape: 'warning', tone: 'warning', word: 'Warning' },
  waiting: { shape: 'none', tone: 'neutral', word: 'Not yet' },
} as const

export type CheckState = keyof typeof OUTCOMES

/** A list of checks with their outcomes. */
export function Checks(props: {
  items: readonly { outcome: CheckState; title: Child; children?: Child }[]
}) {
  return (
    <ul class="checks">
      {props.items.map(({ outcome, title, children }) => {
        const { shape, tone, word } = OUTCOMES[outcome]
        return (
          <li class={tone}>
            <Icon shape={shape} />
            <div>
              <span class="visually-hidden">{word}: </span>
              {title}
              {children && <div class="hint">{children}</div>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

/** Events, newest first. */
export function Timeline(props: {
  items: readonly { at: number; title: Child; by?: Child; children?: Child }[]
  now?: number
}) {
  const { items, now } = props
  return (
    <ol class="timeline">
      {items.map(({ at, title, by, children }) => (
        <li>
          <p>
            <b>{title}</b> {by && <span class="by">{by}</span>}
          </p>
          <Instant at={at} {...(now === undefined ? {} : { now })} />
          {children}
        </li>
      ))}
    </ol>
  )
}
