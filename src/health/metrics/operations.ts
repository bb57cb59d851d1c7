// The metrics of the deployment: how logins go against last week, and what waits, fills or expires.
import { DAY, HOUR } from '../../durations.ts'
import { may } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { findHourlyLogins } from '../../login/history/store/hourly-logins.ts'
import { measureSize } from '../../login/history/store/sweep.ts'
import { askHistory } from '../../platform/db/history.ts'
import type { Database } from '../../platform/db/client.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { checkHealth, type Deployment } from '../check-health.ts'
import { isOverdue } from '../schedule.ts'
import { readLoginMetrics, readMetrics } from './store.ts'
import { compareCodes, comparePeriods, DAYS_COMPARED } from './compare.ts'

const GB = 1e9

export type Metrics = Awaited<ReturnType<typeof measure>>

/** Refuses `forbidden`. Without HISTORY, `logins` is null. */
export async function getMetrics(
  { db, history, actor, now }: OperationContext,
  parts: Omit<Deployment, 'db' | 'history'>,
): Promise<Result<Metrics, Problem>> {
  if (!may(actor, 'view', { tenantSid: null, connectionSid: null }))
    return problem('forbidden', 'an operator', actor.kind)
  return ok(await measure({ db, history, ...parts }, now))
}

async function measure(deployment: Deployment, now: number) {
  const { db, history, config } = deployment
  const [health, measured, logins] = await Promise.all([
    checkHealth(deployment, now),
    readMetrics(db, now),
    askHistory(history, 'read_metrics', (store) => measureLogins(store, now)),
  ])
  const { jobs, bytes, ...counts } = measured
  const found = logins.ok ? logins.value : null
  return {
    checkedAt: now,
    ready: health.isReady,
    failedChecks: health.checks.flatMap(({ name, state }) => (state === 'failed' ? name : [])),
    logins: found && found.logins,
    jobs: jobs.map(({ job, everySeconds, succeededAt, failedAt, milliseconds, ...row }) => ({
      job,
      everySeconds,
      succeededAt,
      failedAt,
      milliseconds,
      overdue: isOverdue({ everySeconds, succeededAt, knownAt: row.knownAt }, now),
    })),
    backlog: Object.assign({}, ...jobs.map(({ backlog }) => backlog ?? {})) as Record<
      string,
      number
    >,
    databases: [
      { name: 'DB' as const, bytes, limitBytes: config.databaseGB * GB },
      ...(found
        ? [{ name: 'HISTORY' as const, bytes: found.bytes, limitBytes: config.history.bytes }]
        : []),
    ],
    ...counts,
    probe: { passedAt: found?.probedAt ?? null },
  }
}

async function measureLogins(store: Database, now: number) {
  const today = now - (now % DAY)
  const since = today - 2 * (DAYS_COMPARED - 1) * DAY
  const [hours, found, bytes] = await Promise.all([
    findHourlyLogins(store, since, now + HOUR),
    readLoginMetrics(store, today),
    measureSize(store),
  ])
  const lastWeekOf = new Map(found.before.map((row) => [row.connectionSid, row]))
  return {
    bytes,
    probedAt: found.probedAt,
    logins: {
      ...comparePeriods(hours, now),
      codes: compareCodes(found.codes, found.codesBefore),
      connections: found.today.map(({ connectionSid, accepted, refused }) => {
        const before = lastWeekOf.get(connectionSid)
        const lastWeek = { accepted: before?.accepted ?? 0, refused: before?.refused ?? 0 }
        return { connectionSid, accepted, refused, lastWeek }
      }),
    },
  }
}
