// The metrics in Prometheus's text format 0.0.4. Gauges all: the numbers come from tables, and fall
// when a day begins or rows are swept. Pure.
import type { Metrics } from './operations.ts'

export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number | null]

export function renderText(metrics: Metrics): string {
  const { ready, failedChecks, logins, jobs, backlog, databases, outbox, logoutTokens } = metrics
  const seconds = (at: number | null) => at && at / 1000
  const expiring = { IdPs: metrics.certificates, own: metrics.ownKeys }
  return [
    gauge('ready', 'Whether every check of /ready passes.', [[{}, Number(ready)]]),
    gauge(
      'check_failed',
      'A check of /ready that fails.',
      failedChecks.map((check) => [{ check }, 1]),
    ),
    gauge(
      'logins_today',
      'Logins since midnight UTC, by error code; accepted ones have an empty code.',
      logins?.codes.map(({ code, today }) => [{ code }, today]),
    ),
    gauge(
      'logins_today_last_week',
      'Logins of the same day last week until the end of this hour.',
      logins && Object.entries(logins.today.lastWeek).map(([result, value]) => [{ result }, value]),
    ),
    gauge(
      'logins_last_hour',
      'Logins of the last whole hour.',
      logins && sumsOf(logins.hours.at(-2)).map(([result, value]) => [{ result }, value]),
    ),
    gauge(
      'connection_logins_today',
      'Logins since midnight UTC at the connections with the most refused ones.',
      logins?.connections.flatMap(({ connectionSid: connection, accepted, refused }) => [
        [{ connection, result: 'accepted' }, accepted],
        [{ connection, result: 'refused' }, refused],
      ]),
    ),
    gauge(
      'job_success_timestamp_seconds',
      'When the job last succeeded.',
      jobs.map(({ job, succeededAt }) => [{ job }, seconds(succeededAt)]),
    ),
    gauge(
      'job_overdue',
      'Whether two runs of the job in a row did not succeed.',
      jobs.map(({ job, overdue }) => [{ job }, Number(overdue)]),
    ),
    gauge(
      'backlog_rows',
      'Rows that should have been deleted two hours ago.',
      Object.entries(backlog).map(([table, rows]) => [{ table }, rows]),
    ),
    gauge(
      'database_bytes',
      'The size of the database.',
      databases.map(({ name, bytes }) => [{ database: name }, bytes]),
    ),
    gauge(
      'database_limit_bytes',
      'How large it may become.',
      databases.map(({ name, limitBytes }) => [{ database: name }, limitBytes]),
    ),
    gauge(
      'certificates_expiring',
      'Certificates by the time that is left, each counted once.',
      Object.entries(expiring).flatMap(([of, counts]) =>
        Object.entries(counts).map(([left, count]) => [{ of, left }, count] as const),
      ),
    ),
    gauge('outbox_open', 'Events that are still to be delivered.', [[{}, outbox.open]]),
    gauge('outbox_oldest_timestamp_seconds', 'Since when the oldest of them waits.', [
      [{}, seconds(outbox.oldestAt)],
    ]),
    gauge('outbox_dead', 'Events that could not be delivered.', [[{}, outbox.dead]]),
    gauge('logout_tokens_open', 'Logout tokens that are still to be sent.', [
      [{}, logoutTokens.open],
    ]),
    gauge('logout_tokens_dead', 'Logout tokens that no app took.', [[{}, logoutTokens.dead]]),
    gauge('probe_success_timestamp_seconds', 'When a synthetic login last passed.', [
      [{}, seconds(metrics.probe.passedAt)],
    ]),
  ].join('')
}

function sumsOf(sums: { accepted: number; refused: number } | undefined): [string, number][] {
  return [
    ['accepted', sums?.accepted ?? 0],
    ['refused', sums?.refused ?? 0],
  ]
}

/** Nothing where there is no sample. */
function gauge(name: string, help: string, samples: readonly Sample[] | null | undefined): string {
  const lines = (samples ?? []).flatMap(([labels, value]) =>
    value === null ? [] : `gatepost_${name}${renderLabels(labels)} ${value}\n`,
  )
  if (lines.length === 0) return ''
  return `# HELP gatepost_${name} ${help}\n# TYPE gatepost_${name} gauge\n${lines.join('')}`
}

/** Values are codes, SIDs and names of ours: none needs an escape. */
function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}
