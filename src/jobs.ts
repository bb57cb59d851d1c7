// JOBS: the jobs of each cron expression, and their one runner.
import { warnOfExpiry } from './connections/certificates/expiry.ts'
import { runMaintenance } from './connections/maintenance.ts'
import { deliverEvents } from './deliver-events.ts'
import { checkDomains } from './directory/domains/operations.ts'
import { endExpiredExceptions } from './directory/exceptions/operations.ts'
import { readConfig, type Env } from './env.ts'
import type { OperationContext } from './events/operation-context.ts'
import { chainEvents } from './events/chain/extend.ts'
import { deleteOldEvents } from './events/chain/retain.ts'
import { pushEvents } from './events/feed/push.ts'
import { secondsBetween } from './health/schedule.ts'
import { watchJobs } from './health/watch-jobs.ts'
import { watchDatabase } from './health/watch.ts'
import { watchFailures } from './login/watch-failures.ts'
import { knowJobs, noteRun, type Backlog } from './health/store.ts'
import { deliverLogoutTokens } from './oidc/back-channel/deliver.ts'
import { copyKeySet } from './oidc/signing-keys/key-set-copy.ts'
import { keepSigningKeys } from './oidc/signing-keys/signing-keys.ts'
import { loginSource } from './login/history/feed.ts'
import { openDatabase, type Database } from './platform/db/client.ts'
import { openHistory, writeHistory } from './platform/db/history.ts'
import { openKeyValueStore } from './platform/kv/kv.ts'
import type { Word } from './platform/log/kinds.ts'
import { writeLine } from './platform/log/write-line.ts'
import { countHour } from './login/history/store/hourly-logins.ts'
import { judgeUnexpected } from './platform/http/unexpected.ts'
import { publicNetwork } from './platform/network/public-network.ts'
import { continueErasures } from './privacy/operations.ts'
import { sendDigests } from './mail/digest/digest.ts'
import { openMail, openMailToCopy } from './mail/open-mail.ts'
import { contactTeller } from './mail/tell-contacts.ts'
import { enforceDue, passTurns, tellOfKeptWays, tellOfWrongCodes } from './rollout/operations.ts'
import { sweepDatabase, sweepHistoryOf } from './sweeps.ts'

type JobInput = { env: Env; db: Database; now: number }

/** Some jobs say what they leave undone. */
type Job = (run: JobInput) => Promise<{ backlog: Backlog } | unknown>

/** The jobs of an expression run one after another. Its keys are the crons of wrangler.toml. */
export const JOBS: Readonly<Record<string, Readonly<Record<string, Job>>>> = {
  '* * * * *': {
    send_logout_tokens: ({ env, db, now }) => {
      const config = readConfig(env)
      return deliverLogoutTokens({ db, config, network: publicNetwork(config.isLocal), now })
    },
    pass_turns: ({ db, now }) => passTurns({ db, now }),
    tell_of_wrong_codes: ({ db, now }) => tellOfWrongCodes(db, now),
    deliver_events: ({ env }) => deliverEvents(env),
    chain_events: ({ env, db, now }) =>
      chainEvents({ db, secrets: readConfig(env).keySecrets, now }),
    continue_erasures: async (run) => continueErasures(maintenanceOf(run)),
    push_events: (run) => {
      const context = maintenanceOf(run)
      return pushEvents(context, run.env.EVENTS_BUCKET, loginSource(context))
    },
    tell_of_kept_ways: ({ env, db, now }) => {
      const tell = contactTeller({ db, now }, openMail(env, readConfig(env)))
      return tellOfKeptWays({ db, now, tell })
    },
  },
  '*/5 * * * *': {
    maintain_connections: async (run) => runMaintenance(maintenanceOf(run)),
    check_domains: async (run) => checkDomains(maintenanceOf(run)),
    end_exceptions: async (run) => endExpiredExceptions(maintenanceOf(run)),
    count_hour: async ({ env, now }) => {
      await writeHistory(openHistory(env.HISTORY), 'count_hour', (store) => countHour(store, now))
    },
    send_digests: (run) =>
      sendDigests(maintenanceOf(run), openMailToCopy(run.env, readConfig(run.env))),
    watch_jobs: ({ db, now }) => watchJobs(db, now),
    enforce_due_rollouts: async (run) => enforceDue(maintenanceOf(run)),
  },
  '7-59/10 * * * *': {
    sweep: ({ env, now }) => sweepDatabase(env, now),
  },
  // Apart from the other sweep: the free plan allows an invocation 50 statements.
  '2-59/10 * * * *': {
    sweep_history: ({ env, now }) => sweepHistoryOf(env, now),
  },
  '17 * * * *': {
    delete_old_events: ({ env, db, now }) => {
      const { auditDays: days, keySecrets: secrets } = readConfig(env)
      return deleteOldEvents({ db, secrets, days, now })
    },
    watch_database: ({ env, db, now }) => watchDatabase(db, readConfig(env).databaseGB, now),
    watch_failing_logins: ({ env, db, now }) => watchFailures(db, openHistory(env.HISTORY), now),
    warn_of_certificate_expiry: ({ db, now }) => warnOfExpiry(db, now),
    keep_signing_keys: async ({ env, db, now }) => {
      const { keySecrets } = readConfig(env)
      await keepSigningKeys({ db, actor: { kind: 'maintenance' }, now }, keySecrets)
      await copyKeySet(db, openKeyValueStore(env.RELAY), now)
    },
  },
}

/**
 * Runs every job of the expression, even after a failure, and logs each result. Throws at the end
 * if one has failed or the expression has no jobs, so that the platform shows the run as failed.
 */
export async function runJobs(cron: string, env: Env, jobs = JOBS[cron]): Promise<void> {
  if (!jobs) {
    writeLine('cron_unknown', { cron })
    throw new Error(`no job runs at ${cron}: wrangler.toml and src/jobs.ts differ`)
  }
  const run = { env, db: openDatabase(env.DB), now: Date.now() }
  await note(() => knowJobs(run.db, SCHEDULE, run.now))
  const failed: string[] = []
  for (const [job, work] of Object.entries(jobs)) {
    const startedAt = Date.now()
    let isDone = false
    let backlog: Backlog | undefined
    try {
      backlog = backlogOf(await work(run))
      isDone = true
    } catch (error) {
      failed.push(job)
      const { code, log } = judgeUnexpected(error)
      writeLine('job_failed', { job: job as Word, code, ...log })
    }
    const [endedAt, milliseconds] = [Date.now(), Date.now() - startedAt]
    if (isDone) writeLine('job_done', { job: job as Word, ms: milliseconds })
    await note(() => noteRun(run.db, job, { isDone, endedAt, milliseconds, backlog }))
  }
  if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`)
}

const SCHEDULE = Object.entries(JOBS).flatMap(([cron, jobs]) =>
  Object.keys(jobs).map((job) => ({ job, everySeconds: secondsBetween(cron) })),
)

function backlogOf(result: unknown): Backlog | undefined {
  return (result as { backlog?: Backlog } | undefined)?.backlog
}

/** A run that cannot be noted is a run all the same. Its job is overdue in the health check. */
async function note(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const { code, log } = judgeUnexpected(error)
    writeLine('job_not_noted', { code, ...log })
  }
}

function maintenanceOf({ env, db, now }: JobInput): OperationContext {
  const network = publicNetwork(readConfig(env).isLocal)
  return { db, history: openHistory(env.HISTORY), actor: { kind: 'maintenance' }, now, network }
}
