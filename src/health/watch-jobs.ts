// Tells of jobs that do not run: when that begins, and when it is over.
import { beginCondition, endCondition, findConditions } from '../events/conditions/store.ts'
import type { Database } from '../platform/db/client.ts'
import { isOverdue } from './schedule.ts'
import { selectJobRuns } from './store.ts'

const NAME = 'job_silent'

/** Running it twice tells once. Without a job that is or was silent it costs two queries. */
export async function watchJobs(db: Database, now: number): Promise<void> {
  const silent = await tellOfSilentJobs(db, now)
  const over = (await findConditions(db, NAME)).filter((job) => !silent.includes(job))
  const ended = over.flatMap((job) =>
    endCondition(db, { name: NAME, subject: job, now }, { ...eventOf(job), type: 'job.ran_again' }),
  )
  const [first, ...rest] = ended
  if (first) await db.batch([first, ...rest])
}

/** By a request, since no job can tell that none runs. Returns the jobs that are silent. */
export async function tellOfSilentJobs(db: Database, now: number): Promise<string[]> {
  const runs = await selectJobRuns(db)
  const silent = runs.filter((run) => isOverdue(run, now)).map(({ job }) => job)
  const [first, ...rest] = silent.flatMap((job) =>
    beginCondition(
      db,
      { name: NAME, subject: job, now },
      { ...eventOf(job), type: 'job.fell_silent' },
    ),
  )
  if (first) await db.batch([first, ...rest])
  return silent
}

const eventOf = (job: string) =>
  ({ actor: { kind: 'maintenance' }, tenantSid: null, subjectSid: job, after: { job } }) as const
