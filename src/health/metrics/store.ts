// The SQL of the metrics: what DB and HISTORY hold of them, a round trip each.
import { and, desc, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { certificates } from '../../connections/certificates/tables.ts'
import { connections } from '../../connections/tables.ts'
import { DAY } from '../../durations.ts'
import { outbox } from '../../events/tables.ts'
import { keyPairs } from '../../keys/tables.ts'
import { attempts, dailyLogins } from '../../login/history/tables.ts'
import { logoutDeliveries } from '../../oidc/back-channel/tables.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { PROBE_CONNECTION } from '../../probe-sids.ts'
import { jobRuns } from '../tables.ts'

/** Connections that the metrics name: those with the most refused logins of the day. */
const MOST_CONNECTIONS = 100

const EXPIRY = { expired: 0, within7Days: 7, within30Days: 30, within60Days: 60 } as const

export async function readMetrics(db: Database, now: number) {
  const { jobs, theirs, ours, open, deadEvents, tokens, deadTokens, size } = await batch(db, {
    jobs: db.select().from(jobRuns).orderBy(jobRuns.everySeconds, jobRuns.job),
    theirs: db
      .select(expiring(certificates.notAfter, now))
      .from(certificates)
      .innerJoin(connections, eq(connections.sid, certificates.connectionSid))
      .where(
        and(
          lt(certificates.notAfter, now + EXPIRY.within60Days * DAY),
          sql`${connections.state} <> 'suspended' AND ${connections.purpose} = 'login'`,
        ),
      ),
    ours: db.select(expiring(keyPairs.notAfter, now)).from(keyPairs),
    // By their partial indexes, so that only such rows are read.
    open: db
      .select({
        count: sql<number>`count(*)`.as('count'),
        oldestAt: sql<number | null>`min(${outbox.createdAt})`.as('oldest_at'),
      })
      .from(outbox)
      .where(isNull(outbox.outcome)),
    deadEvents: db
      .select({ count: sql<number>`count(*)`.as('count') })
      .from(outbox)
      .where(sql`${outbox.outcome} = 'dead'`),
    tokens: db
      .select({ count: sql<number>`count(*)`.as('count') })
      .from(logoutDeliveries)
      .where(isNotNull(logoutDeliveries.dueAt)),
    deadTokens: db
      .select({ count: sql<number>`count(*)`.as('count') })
      .from(logoutDeliveries)
      .where(isNotNull(logoutDeliveries.deadAt)),
    size: db.run(sql`SELECT 1`),
  })
  const certificatesOf = ([row]: typeof theirs) => row!
  return {
    jobs,
    certificates: certificatesOf(theirs),
    ownKeys: certificatesOf(ours),
    outbox: { open: open[0]!.count, oldestAt: open[0]!.oldestAt, dead: deadEvents[0]!.count },
    logoutTokens: { open: tokens[0]!.count, dead: deadTokens[0]!.count },
    bytes: size.meta.size_after,
  }
}

/** How many end by then, each counted once, by the nearest. */
function expiring(notAfter: typeof certificates.notAfter | typeof keyPairs.notAfter, now: number) {
  const between = (from: number | null, to: number) =>
    sql<number>`coalesce(sum(${notAfter} < ${now + to * DAY}
      AND ${from === null ? sql`1` : sql`${notAfter} >= ${now + from * DAY}`}), 0)`
  return {
    expired: between(null, EXPIRY.expired).as('expired'),
    within7Days: between(EXPIRY.expired, EXPIRY.within7Days).as('within7'),
    within30Days: between(EXPIRY.within7Days, EXPIRY.within30Days).as('within30'),
    within60Days: between(EXPIRY.within30Days, EXPIRY.within60Days).as('within60'),
  }
}

/** `day`: its start in UTC. */
export async function readLoginMetrics(history: Database, day: number) {
  const { connectionSid, code, logins } = dailyLogins
  const refused = sql<number>`sum(CASE WHEN ${code} <> '' THEN ${logins} ELSE 0 END)`
  const accepted = sql<number>`sum(CASE WHEN ${code} = '' THEN ${logins} ELSE 0 END)`
  const sums = {
    connectionSid,
    accepted: accepted.as('accepted'),
    refused: refused.as('refused'),
  }
  const named = history
    .select(sums)
    .from(dailyLogins)
    .where(and(eq(dailyLogins.day, day), sql`${connectionSid} <> ${PROBE_CONNECTION}`))
    .groupBy(connectionSid)
    .orderBy(desc(refused), desc(accepted))
    .limit(MOST_CONNECTIONS)
  const codesOf = (of: number) =>
    history
      .select({ code, logins: sql<number>`sum(${logins})`.as('logins') })
      .from(dailyLogins)
      .where(eq(dailyLogins.day, of))
      .groupBy(code)
  const { today, codes, codesBefore, probe } = await batch(history, {
    today: named,
    codes: codesOf(day),
    codesBefore: codesOf(day - 7 * DAY),
    probe: history
      .select({ createdAt: attempts.createdAt })
      .from(attempts)
      .where(and(eq(attempts.connectionSid, PROBE_CONNECTION), eq(attempts.code, 'user_unknown')))
      .orderBy(desc(attempts.sid))
      .limit(1),
  })
  const before = await history
    .select(sums)
    .from(dailyLogins)
    .where(
      and(
        eq(dailyLogins.day, day - 7 * DAY),
        inArray(
          connectionSid,
          today.map((row) => row.connectionSid),
        ),
      ),
    )
    .groupBy(connectionSid)
  return { today, before, codes, codesBefore, probedAt: probe[0]?.createdAt ?? null }
}
