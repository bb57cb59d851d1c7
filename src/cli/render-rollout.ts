// The progress of a rollout, and a summary of its list, as text.
import type { Answer } from './client.ts'
import { harmless, renderTable, type PrintedColumn } from './print.ts'
import { renderBar } from './progress.ts'

const DAYS: readonly PrintedColumn[] = [
  { title: 'Day', of: ({ day }) => day },
  { title: 'Logins', of: ({ logins }) => logins },
  { title: 'Failures', of: ({ failures }) => failures },
  {
    title: 'Reasons',
    of: ({ reasons }) =>
      Object.entries(reasons as Record<string, number>)
        .map(([code, count]) => `${code} ${count}`)
        .join(', '),
  },
]

const BARS = ['informed', 'proved', 'enabled', 'enforced'] as const
const GATED = ['enable', 'approve', 'enforce'] as const

export function renderProgress({ rollout, counts, gates, days }: Answer): string {
  const { listed, included, exempt, unproved, enforcedUnproved } = counts
  const bars = BARS.map(
    (name) =>
      `${name.padEnd(8)}  ${renderBar(counts[name], included || 1)}  ` +
      `${counts[name]} of ${included}`,
  )
  const shut = GATED.map((step) => {
    const codes = gates[step].filter(({ open }: Answer) => !open).map(({ code }: Answer) => code)
    return `${step.padEnd(8)}  ${codes.length === 0 ? 'possible' : codes.join(', ')}`
  })
  const busy = days.filter(({ logins, failures }: Answer) => logins + failures > 0)
  return [
    `${harmless(rollout.name)}, version ${rollout.version}: ${included} of ${listed} included, ` +
      `${exempt} of them exempt; ${unproved} could be locked out.`,
    bars.join('\n'),
    ...(enforcedUnproved > 0
      ? [
          `Enforced, never signed in: ${enforcedUnproved}. Give their passwords back with: ` +
            `gatepost rollout roll-back ${rollout.sid} --to sso_enabled --unproved`,
        ]
      : []),
    shut.join('\n'),
    ...(busy.length > 0 ? [renderTable(busy, DAYS)] : []),
  ].join('\n\n')
}

const FINDINGS: readonly PrintedColumn[] = [
  { title: 'Finding', of: ({ finding }) => finding },
  { title: 'Rows', of: ({ rows }) => rows },
  { title: 'Included', of: ({ included }) => included },
]

export function renderSummary(summary: Answer): string {
  const { version, rows, included, excluded, undecided, automatic, findings, foreignUsers } =
    summary
  const found = Object.entries(findings as Record<string, { rows: number; included: number }>)
    .map(([finding, counts]) => ({ finding, ...counts }))
    .filter((one) => one.rows > 0)
  const foreign =
    foreignUsers > 0
      ? [`Members of its accounts who belong to another tenant: ${foreignUsers}.`]
      : []
  return [
    `Version ${version}: ${rows} rows, ${included} included, ${excluded} excluded, ` +
      `${undecided} undecided, ${automatic} excluded automatically.`,
    ...foreign,
    ...(found.length > 0 ? [renderTable(found, FINDINGS)] : []),
  ].join('\n\n')
}
