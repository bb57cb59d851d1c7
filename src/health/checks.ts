// CHECKS: what must hold so that people can sign in, and what to do if it does not. Pure.
import type { Result } from '../result.ts'
import type { DatabaseFacts } from './store.ts'
import { isOverdue } from './schedule.ts'

/** `skipped`: it cannot be seen from here, or does not apply here. */
export type HealthState = 'ok' | 'failed' | 'skipped'
export type HealthFinding = { state: HealthState; found: string }

/** In the order in which they are shown: each one needs those before it. */
export const CHECKS = {
  settings: {
    title: 'Settings',
    remedy: 'Correct the setting and deploy again. The log names it.',
  },
  database: {
    title: 'Database',
    remedy:
      'See whether Cloudflare reports an incident of D1, and whether the account has reached a ' +
      'limit.',
  },
  migrations: {
    title: 'Migrations',
    remedy: 'Run `npm run db:migrate -- --remote`.',
  },
  key_value: {
    title: 'Key-value store',
    remedy: 'See whether Cloudflare reports an incident of Workers KV. Logins go on without it.',
  },
  keys: {
    title: 'Keys',
    remedy: 'Restore the key-encryption key under which the keys were stored, or create new keys.',
  },
  jobs: {
    title: 'Jobs',
    remedy:
      'Compare the cron triggers of the Worker with wrangler.toml. Look for job_failed in its log.',
  },
  backlog: {
    title: 'Sweeps',
    remedy: 'See whether the job sweep fails or takes its whole time. On the free plan, upgrade.',
  },
  deliveries: {
    title: 'Deliveries',
    remedy:
      'Look for event_not_delivered in the log: it names the error. See whether the job ' +
      'deliver_events fails.',
  },
  history: {
    title: 'History of logins',
    remedy:
      'People can sign in without it. See whether the database HISTORY is bound and migrated, ' +
      'and whether Cloudflare reports an incident of D1. Set HISTORY_GB below the plan’s limit.',
  },
  size: {
    title: 'Database size',
    remedy: 'Shorten how long rows are kept, or ask Cloudflare for a larger database.',
  },
} as const satisfies Record<string, { title: string; remedy: string }>

export type CheckName = keyof typeof CHECKS
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[]

export const ok = (found: string): HealthFinding => ({ state: 'ok', found })
export const failed = (found: string): HealthFinding => ({ state: 'failed', found })
export const skipped = (found: string): HealthFinding => ({ state: 'skipped', found })

/** A database may be ahead: migrations are applied before the code that needs them. */
export function judgeMigrations(applied: readonly string[], needed: string): HealthFinding {
  if (applied.includes(needed)) return ok(needed)
  return failed(`${needed} is missing; the last one is ${applied.at(-1) ?? 'none'}`)
}

export function judgeJobs(
  jobs: DatabaseFacts['jobs'],
  now: number,
  isLocal: boolean,
): HealthFinding {
  if (isLocal) return skipped('A local Gatepost runs no jobs.')
  if (jobs.length === 0) return failed('No job has run yet. The first runs within a minute.')
  const overdue = jobs.filter((job) => isOverdue(job, now)).map(({ job }) => job)
  return overdue.length > 0
    ? failed(`Overdue: ${overdue.join(', ')}`)
    : ok(`${jobs.length} ran on time`)
}

export function judgeBacklog(jobs: DatabaseFacts['jobs']): HealthFinding {
  const left = jobs.flatMap(({ backlog }) => Object.entries(backlog ?? {}))
  const waiting = left.filter(([, rows]) => rows > 0).map(([table, rows]) => `${table} ${rows}`)
  return waiting.length > 0
    ? failed(`Rows that should be gone: ${waiting.join(', ')}`)
    : ok('No backlog')
}

/** An endpoint that is down has some. So many: deliveries stand still. */
const MOST_OVERDUE = 1000

/** `overdue`: deliveries that should have been tried an hour ago. */
export function judgeDeliveries(overdue: number): HealthFinding {
  return overdue > MOST_OVERDUE
    ? failed(`Deliveries overdue by an hour: ${overdue}`)
    : ok(overdue === 0 ? 'None overdue' : `${overdue} overdue`)
}

const GB = 1e9
/** Time is needed to react. */
const MARK = 0.8

export function judgeSize(bytes: number, limitGB: number, mark = MARK): HealthFinding {
  const words = `${(bytes / GB).toFixed(2)} of ${limitGB} GB`
  return bytes < mark * limitGB * GB ? ok(words) : failed(words)
}

/** Above its own limit by more than a sweep needs to catch up, nothing sweeps it. */
const HISTORY_MARK = 1.1

/** `size` in bytes, or why it cannot be read. */
export function judgeHistory(
  size: Result<number, string>,
  { bytes: limit }: { bytes: number },
): HealthFinding {
  if (!size.ok) return failed(`Cannot be read: ${size.error}`)
  return judgeSize(size.value, limit / GB, HISTORY_MARK)
}
