// The SQL of the health check: one round trip for everything that is in D1.
import { and, asc, eq, gt, inArray, lte, ne, not, sql } from 'drizzle-orm'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { selectKeyPairs } from '../keys/store.ts'
import { HOUR } from '../durations.ts'
import { selectOverdue } from '../events/outbox/store.ts'
import { selectSigningKeys } from '../oidc/signing-keys/store.ts'
import { batch } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { excluded } from '../platform/db/sql.ts'
import { LATE_AFTER } from '../rollout/break-glass/drill.ts'
import { breakGlass } from '../rollout/break-glass/tables.ts'
import { jobRuns } from './tables.ts'

export type JobRun = typeof jobRuns.$inferSelect

/** Rows by table that should have been swept before. */
export type Backlog = Readonly<Record<string, number>>

/** A job, and how often its cron runs. */
export type ScheduledJob = { job: string; everySeconds: number }

/** Knows all jobs, also those whose cron does not run, and forgets others. Seldom writes. */
export async function knowJobs(
  db: Database,
  jobs: readonly ScheduledJob[],
  now: number,
): Promise<void> {
  const rows = jobs.map((one) => ({ ...one, knownAt: now }))
  const names = jobs.map(({ job }) => job)
  await db.batch([
    db
      .insert(jobRuns)
      .values(rows)
      .onConflictDoUpdate({
        target: jobRuns.job,
        set: { everySeconds: excluded(jobRuns.everySeconds) },
        setWhere: ne(jobRuns.everySeconds, excluded(jobRuns.everySeconds)),
      }),
    db.delete(jobRuns).where(not(inArray(jobRuns.job, names))),
  ])
}

/** Notes the end of a run. A job that is not known is not noted. */
export async function noteRun(
  db: Database,
  job: string,
  run: { isDone: boolean; endedAt: number; milliseconds: number; backlog?: Backlog | undefined },
): Promise<void> {
  const { isDone, endedAt, milliseconds, backlog } = run
  await db
    .update(jobRuns)
    .set({
      milliseconds,
      ...(backlog && { backlog }),
      ...(isDone ? { succeededAt: endedAt } : { failedAt: endedAt }),
    })
    .where(eq(jobRuns.job, job))
}

export function selectJobRuns(db: Database) {
  return db.select().from(jobRuns).orderBy(asc(jobRuns.everySeconds), asc(jobRuns.job))
}

export type DatabaseFacts = Awaited<ReturnType<typeof readFacts>>

/** What the health check needs of D1. */
export async function readFacts(db: Database, now: number) {
  const { migrations, overdue, ...facts } = await batch(db, {
    migrations: selectMigrations(db),
    jobs: selectJobRuns(db),
    keyPairs: selectKeyPairs(db),
    signingKeys: selectSigningKeys(db),
    overdue: selectOverdue(db, now - HOUR),
  })
  return {
    ...facts,
    overdue: overdue[0]?.rows ?? 0,
    migrations: namesOf(migrations),
    bytes: migrations.meta.size_after,
  }
}

/** The file names of the migrations that were applied, in their order. */
export async function readMigrations(db: Database): Promise<string[]> {
  return namesOf(await selectMigrations(db))
}

/** wrangler keeps them in a table of its own. */
function selectMigrations(db: Database) {
  return db.run(sql`SELECT * FROM d1_migrations ORDER BY 1`)
}

function namesOf({ results }: D1Result): string[] {
  return (results as { name: string }[]).map(({ name }) => name)
}

export type LateDrill = Awaited<ReturnType<typeof findLateDrills>>[number]

/** Break-glass owners whose drill is late, the longest first: at most 100. */
export function findLateDrills(db: Database, now: number) {
  return db
    .select({
      tenantSid: breakGlass.tenantSid,
      tenant: tenants.name,
      userSid: breakGlass.userSid,
      email: users.email,
      drillAt: sql<number>`${breakGlass.drillAt}`,
    })
    .from(breakGlass)
    .innerJoin(tenants, eq(tenants.sid, breakGlass.tenantSid))
    .innerJoin(users, eq(users.sid, breakGlass.userSid))
    .where(and(lte(breakGlass.drillAt, now - LATE_AFTER), gt(breakGlass.expiresAt, now)))
    .orderBy(asc(breakGlass.drillAt))
    .limit(100)
}
