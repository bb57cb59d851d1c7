// Logins and failures by day, as server-side SVG. Patterns and words carry what the colours show;
// a table has the figures.
import type { Day } from '../../../rollout/operations.ts'
import { DataTable } from '../../kit/blocks.tsx'
import { outcomeOf } from '../../kit/words.ts'
import { count, figure } from './words.ts'

/** The most frequent reasons have their own pattern; the rest share the last one. */
const PATTERNS = ['solid', 'stripes', 'dots', 'grid'] as const
type Pattern = (typeof PATTERNS)[number]

const HEIGHT = 168
const AXIS = 110
const FOOT = 22

/** Logins above the line, failures below it by reason. */
export function DayChart(props: { days: readonly Day[]; whose?: string }) {
  const { days, whose = 'this IdP' } = props
  const loginCount = sum(days.map((day) => day.logins))
  const failureCount = sum(days.map((day) => day.failures))
  const logins = count(loginCount, 'login')
  const failures = count(failureCount, 'failure')
  const reasons = rankReasons(days)
  const shown = reasons.slice(0, PATTERNS.length)
  const patternOf = (code: string): Pattern =>
    PATTERNS[Math.min(Math.max(0, reasons.indexOf(code)), PATTERNS.length - 1)]!
  const most = Math.max(1, ...days.map((day) => day.logins))
  const worst = Math.max(1, ...days.map((day) => day.failures))
  // One scale for both sides, so that heights compare.
  const unit = Math.min((AXIS - 8) / most, (HEIGHT - AXIS - FOOT) / worst)
  const first = days[0]?.day ?? ''
  const last = days.at(-1)?.day ?? ''
  const summary = `${logins} and ${failures} from ${first} to ${last}`
  if (loginCount + failureCount === 0)
    return (
      <p>
        <b>Logins by day</b>{' '}
        <span class="by">
          No logins through {whose} since {dayInWords(first)}
        </span>
      </p>
    )
  return (
    <figure class="chart">
      <figcaption>
        <b>Logins by day</b>{' '}
        <span class="by">
          {`${logins} above the line, ${failures} below, since ${dayInWords(first)}`}
        </span>
      </figcaption>
      <svg role="img" aria-label={summary}>
        <Patterns />
        {days.map((day, index) => (
          <DayBar
            day={day}
            index={index}
            of={days.length}
            unit={unit}
            reasons={reasons}
            patternOf={patternOf}
          />
        ))}
        <line class="axis" x1="0" x2="100%" y1={AXIS} y2={AXIS} />
        <text x="0" y={HEIGHT - 4}>
          {dayInWords(first)}
        </text>
        <text x="50%" y={HEIGHT - 4} text-anchor="middle">
          {dayInWords(days[Math.floor(days.length / 2)]?.day ?? '')}
        </text>
        <text x="100%" y={HEIGHT - 4} text-anchor="end">
          Today
        </text>
      </svg>
      <ul class="legend">
        <li>
          <Swatch class="logins" fill="solid" /> Logged in
        </li>
        {shown.map((code, index) => (
          <li>
            <Swatch class="failures" fill={PATTERNS[index]!} />{' '}
            {index === PATTERNS.length - 1 && reasons.length > PATTERNS.length
              ? 'Other reasons'
              : outcomeOf(code)}
          </li>
        ))}
      </ul>
      <details>
        <summary>Show as table</summary>
        <DayTable days={days} />
      </details>
    </figure>
  )
}

function DayBar(props: {
  day: Day
  index: number
  of: number
  unit: number
  reasons: readonly string[]
  patternOf: (code: string) => Pattern
}) {
  const { day, index, of, unit, reasons, patternOf } = props
  const slot = 100 / of
  const place = { x: `${round(index * slot + slot * 0.12)}%`, width: `${round(slot * 0.76)}%` }
  const up = day.logins * unit
  let below = AXIS + 1
  return (
    <g>
      <title>{titleOf(day)}</title>
      <rect
        class="hit"
        x={`${round(index * slot)}%`}
        width={`${round(slot)}%`}
        y="0"
        height="146"
      />
      {day.logins > 0 && (
        <rect class="logins" {...place} y={round(AXIS - up)} height={round(up)} rx="1.5" />
      )}
      {reasons
        .filter((code) => (day.reasons[code] ?? 0) > 0)
        .map((code) => {
          const height = day.reasons[code]! * unit
          const y = below
          below += height
          return (
            <>
              <rect class="ground" {...place} y={round(y)} height={round(height)} />
              <rect
                class="failures"
                {...place}
                y={round(y)}
                height={round(height)}
                fill={fillOf(patternOf(code))}
              />
            </>
          )
        })}
    </g>
  )
}

/** Patterns, because not everyone can tell reasons apart by colour. */
function Patterns() {
  const frame = { patternUnits: 'userSpaceOnUse', width: '6', height: '6' }
  return (
    <defs>
      <pattern id="fill-stripes" {...frame}>
        <path class="ink" d="M-1 1l2-2M0 6l6-6M5 7l2-2" />
      </pattern>
      <pattern id="fill-dots" {...frame}>
        <circle class="dot" cx="3" cy="3" r="1.5" />
      </pattern>
      <pattern id="fill-grid" {...frame}>
        <path class="ink" d="M0 3h6M3 0v6" />
      </pattern>
    </defs>
  )
}

function Swatch(props: { class: string; fill: Pattern }) {
  return (
    <svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">
      <rect class={props.class} width="14" height="14" rx="2" fill={fillOf(props.fill)} />
    </svg>
  )
}

function fillOf(pattern: Pattern): string {
  return pattern === 'solid' ? 'currentColor' : `url(#fill-${pattern})`
}

function DayTable({ days }: { days: readonly Day[] }) {
  return (
    <DataTable
      caption="Logins and failures by day"
      captionHidden={true}
      columns={[
        { name: 'Day (UTC)', cell: ({ day }) => day },
        { name: 'Logged in', align: 'end', cell: (day) => figure(day.logins) },
        { name: 'Failed', align: 'end', cell: (day) => figure(day.failures) },
        {
          name: 'Reasons',
          cell: ({ reasons }) =>
            Object.entries(reasons)
              .map(([code, count]) => `${outcomeOf(code)}: ${figure(count)}`)
              .join('; '),
        },
      ]}
      rows={days.filter((day) => day.logins + day.failures > 0).toReversed()}
      empty={<p>No logins on these days.</p>}
    />
  )
}

function titleOf({ day, logins, failures, reasons }: Day): string {
  const why = Object.entries(reasons).map(([code, count]) => `${outcomeOf(code)}: ${count}`)
  return [`${day}: ${count(logins, 'login')}, ${count(failures, 'failure')}`, ...why].join('\n')
}

/** The most frequent first. */
function rankReasons(days: readonly Day[]): string[] {
  const totals = new Map<string, number>()
  for (const { reasons } of days)
    for (const [code, count] of Object.entries(reasons))
      totals.set(code, (totals.get(code) ?? 0) + count)
  return [...totals].toSorted(([, one], [, other]) => other - one).map(([code]) => code)
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `2026-11-24` → "24 Nov". */
function dayInWords(day: string): string {
  const [, month, date] = day.split('-')
  return `${Number(date)} ${MONTHS[Number(month) - 1] ?? ''}`
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
const round = (value: number) => Math.round(value * 100) / 100
