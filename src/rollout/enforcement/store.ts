// The SQL that changes how people sign in. Each statement that enforces repeats every condition of it, so that no other
// change can come between a check and what it allows.
import { and, eq, gt, gte, isNotNull, lte, sql, type SQL } from 'drizzle-orm'
import type { Database } from '../../platform/db/client.ts'
import { users } from '../../directory/tables.ts'
import { dailyLogins } from '../../login/tables.ts'
import { rollouts, type RolloutCursor } from '../cohort/tables.ts'
import { rolloutMembers } from '../list/tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import {
  movedCursor,
  nowIf,
  recordCounted,
  recordRollout,
  unlessOvertaken,
  type Overtaken,
  type Rollout,
} from '../cohort/store.ts'
import { BLOCKERS } from '../list/findings.ts'
import { exemptNow, isInPart, lookAgain, provedBy, type Part } from '../list/store.ts'
import { bothPassed } from '../validation/store.ts'
import type { GateFacts } from './gates.ts'

export type EnforcementScope = Rollout['scope']

// The gates of gates.ts as conditions on r (rollout), c (its connection) and t (its tenant).

const IS_COMPLETE = sql.raw(`r.version > 0 AND r.frozen = 1`)
const IS_NOT_ROLLING_BACK = sql.raw(`json_extract(r.cursors, '$.roll_back') IS NULL`)
const IS_ENTITLED = sql.raw(`t.plan = 'enterprise'`)
const IS_TESTED = sql.raw(`c.state IN ('validated', 'live')`)
const IS_SIGNED_OFF = bothPassed(sql.raw('c.sid'))
const owners = (now: number) =>
  sql`(SELECT count(*) FROM break_glass JOIN users AS owner ON owner.sid = break_glass.user_sid WHERE break_glass.tenant_sid = t.sid AND break_glass.ended_at IS NULL AND break_glass.expires_at > ${now} AND owner.suspended_at IS NULL)`

/** Whether the rollout, still at that version, fulfils the conditions. */
function holds({ sid, version }: Rollout, conditions: readonly SQL[]): SQL {
  return sql`EXISTS (SELECT 1 FROM rollouts AS r JOIN connections AS c ON c.sid = r.connection_sid JOIN tenants AS t ON t.sid = r.tenant_sid
    WHERE r.sid = ${sid} AND r.version = ${version} AND ${sql.join([IS_COMPLETE, IS_NOT_ROLLING_BACK, IS_ENTITLED, ...conditions], sql` AND `)})`
}

const mayEnable = (rollout: Rollout) =>
  holds(rollout, [IS_TESTED, sql.raw('r.reviewed_version = r.version')])

const mayApprove = (rollout: Rollout, now: number, uninformed: boolean) =>
  holds(rollout, [
    IS_TESTED,
    sql.raw('r.reviewed_version = r.version AND r.enabled_version = r.version'),
    uninformed ? sql`true` : sql.raw('r.informed_version = r.version'),
    IS_SIGNED_OFF,
    sql`${owners(now)} > 0`,
  ])

const mayEnforce = (rollout: Rollout, now: number) =>
  holds(rollout, [
    sql.raw(`c.state = 'live'`),
    sql.raw('r.approved_version = r.version'),
    IS_SIGNED_OFF,
    sql`${owners(now)} > 0`,
  ])

/** What the gates are asked about, as it is now. */
export async function findFacts(db: Database, rolloutSid: string, now: number): Promise<GateFacts> {
  const [row] = await db.all<
    Omit<GateFacts, 'frozen' | 'isRollingBack' | 'isSignedOff'> &
      Record<'frozen' | 'notRollingBack' | 'signedOff', number>
  >(
    sql`SELECT r.version, r.frozen, r.reviewed_version AS reviewedVersion, r.enabled_version AS enabledVersion, r.informed_version AS informedVersion, r.approved_version AS approvedVersion,
      ${IS_NOT_ROLLING_BACK} AS notRollingBack, t.plan, c.state, ${IS_SIGNED_OFF} AS signedOff, ${owners(now)} AS owners
      FROM rollouts AS r JOIN connections AS c ON c.sid = r.connection_sid JOIN tenants AS t ON t.sid = r.tenant_sid WHERE r.sid = ${rolloutSid}`,
  )
  if (!row) throw new TypeError('no such rollout')
  const { frozen, notRollingBack, signedOff, ...facts } = row
  return {
    ...facts,
    frozen: frozen === 1,
    isRollingBack: notRollingBack === 0,
    isSignedOff: signedOff === 1,
  }
}

/** A chunk of a step: the rows of it, where its cursor stood and where it goes. */
export type EnforcementChunk = {
  part: { after: string; last: string }
  before: RolloutCursor | undefined
  /** Null: it was the last. */
  after: RolloutCursor | null
}

/**
 * The users of included rows of a part. A plus before a column keeps the planner from its index: the rows are few and found
 * by SID, those of the tenant or the connection may be a hundred thousand.
 */
const USERS_IN = (rollout: Rollout, part: Part) =>
  sql`users.sid IN (SELECT rollout_members.user_sid FROM rollout_members WHERE ${isInPart(rollout, part)} AND rollout_members.included = 1) AND +users.tenant_sid = ${rollout.tenantSid} AND users.suspended_at IS NULL`

/** Why an included row was left out is said by the caller; why others were, is in their findings. */
function skipReason(others: SQL): SQL<string> {
  const blockers = BLOCKERS.map((blocker) =>
    sql.raw(`WHEN instr(rollout_members.findings, '"${blocker}"') > 0 THEN '${blocker}'`),
  )
  return sql<string>`CASE ${sql.join(blockers, sql` `)} WHEN rollout_members.included = 0 THEN 'excluded' ${others} END`
}

const changedBy = (result: unknown) => (result as D1Result).meta.changes

/** Enables a chunk: who has a password may sign in by SSO too. Answers how many that changed. */
export async function enableChunk(
  context: OperationContext,
  rollout: Rollout,
  { part, before, after }: EnforcementChunk,
): Promise<number | Overtaken> {
  const { db, now } = context
  const guard = mayEnable(rollout)
  const isEnabled = sql`rollout_members.included = 1 AND EXISTS (SELECT 1 FROM users WHERE users.sid = rollout_members.user_sid AND users.connection_sid = ${rollout.connectionSid})`
  let changed = 0
  const ran = await unlessOvertaken(async () => {
    const results = await db.batch([
      db
        .update(rollouts)
        .set({
          cursors: sql`CASE WHEN ${guard} THEN ${movedCursor('enable', before, after)} END`,
          ...(after === null && {
            enabledVersion: rollout.version,
            updatedAt: nowIf(now, sql`true`),
          }),
        })
        .where(eq(rollouts.sid, rollout.sid)),
      ...lookAgain(db, rollout, part, now),
      db
        .update(users)
        .set({
          signInMethod: 'sso_enabled',
          connectionSid: rollout.connectionSid,
          updatedAt: now,
        })
        .where(sql`${USERS_IN(rollout, part)} AND users.sign_in_method = 'password' AND ${guard}`),
      db
        .update(rolloutMembers)
        .set({
          enabledAt: sql`CASE WHEN ${isEnabled} THEN coalesce(rollout_members.enabled_at, ${now}) ELSE rollout_members.enabled_at END`,
          skipped: sql`CASE WHEN NOT (${isEnabled}) THEN ${skipReason(sql`ELSE 'not_enabled'`)} END`,
        })
        .where(isInPart(rollout, part)),
      recordCounted(
        context,
        rollout,
        'enable',
        sql`json_object('version', ${rollout.version}, 'done', json(${after === null ? 'true' : 'false'}), 'users', (SELECT count(*) FROM rollout_members WHERE ${isInPart(rollout, part)} AND rollout_members.enabled_at = ${now}))`,
      ),
    ])
    changed = changedBy(results[3])
  })
  return ran ? changed : false
}

/** The go-ahead for exactly this version. */
export function recordApproval(
  context: OperationContext,
  rollout: Rollout,
  approvedBy: string,
  uninformedReason: string | null,
): Promise<true | Overtaken> {
  const { db, now } = context
  const { version } = rollout
  const guard = mayApprove(rollout, now, uninformedReason !== null)
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({
          approvedVersion: version,
          approvedBy,
          uninformedReason,
          updatedAt: nowIf(now, guard),
        })
        .where(eq(rollouts.sid, rollout.sid)),
      recordRollout(context, rollout, 'approve', {
        version,
        ...(uninformedReason !== null && { uninformedReason }),
      }),
    ]),
  )
}

/** Sets when enforcement begins by itself, or takes the date away. */
export function recordSchedule(
  context: OperationContext,
  rollout: Rollout,
  enforceAt: number | null,
  scope: EnforcementScope,
): Promise<true | Overtaken> {
  const { db, now } = context
  // A date may always be taken away.
  const guard =
    enforceAt === null
      ? sql`true`
      : sql`rollouts.version = ${rollout.version} AND rollouts.approved_version = ${rollout.version}`
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({ enforceAt, scope, updatedAt: nowIf(now, guard) })
        .where(eq(rollouts.sid, rollout.sid)),
      recordRollout(
        context,
        rollout,
        'schedule_enforcement',
        { enforceAt, scope },
        { enforceAt: rollout.enforceAt, scope: rollout.scope },
      ),
    ]),
  )
}

/**
 * Enforces a chunk: exactly the included rows of the approved version who are enabled on this connection, neither suspended
 * nor exempt, and (by scope) have proved that they can. Answers how many that changed.
 */
export async function enforceChunk(
  context: OperationContext,
  rollout: Rollout,
  scope: EnforcementScope,
  { part, before, after }: EnforcementChunk,
): Promise<number | Overtaken> {
  const { db, now } = context
  const { connectionSid, tenantSid } = rollout
  const guard = mayEnforce(rollout, now)
  const isProved = scope === 'all' ? sql`true` : provedBy(connectionSid, sql.raw('users.sid'))
  const isEnforced = sql`rollout_members.included = 1 AND EXISTS (SELECT 1 FROM users WHERE users.sid = rollout_members.user_sid AND users.connection_sid = ${connectionSid} AND users.sign_in_method = 'sso_enforced')`
  const why = sql`WHEN instr(rollout_members.findings, '"break_glass"') > 0 THEN 'break_glass' WHEN instr(rollout_members.findings, '"never_proved"') > 0 AND ${scope} = 'proved' THEN 'never_proved' ELSE 'not_enabled'`
  let changed = 0
  const ran = await unlessOvertaken(async () => {
    const results = await db.batch([
      db
        .update(rollouts)
        .set({
          cursors: sql`CASE WHEN ${guard} THEN ${movedCursor('enforce', before, after)} END`,
          ...(after === null && {
            enforcedVersion: rollout.version,
            enforceAt: sql`CASE WHEN rollouts.enforce_at <= ${now} THEN NULL ELSE rollouts.enforce_at END`,
            updatedAt: nowIf(now, sql`true`),
          }),
        })
        .where(eq(rollouts.sid, rollout.sid)),
      ...lookAgain(db, rollout, part, now),
      db
        .update(users)
        .set({ signInMethod: 'sso_enforced', updatedAt: now })
        .where(
          sql`${USERS_IN(rollout, part)} AND +users.connection_sid = ${connectionSid} AND users.sign_in_method = 'sso_enabled' AND NOT ${exemptNow(tenantSid, sql.raw('users.sid'), now)} AND ${isProved} AND ${guard}`,
        ),
      db
        .update(rolloutMembers)
        .set({
          enforcedAt: sql`CASE WHEN ${isEnforced} THEN coalesce(rollout_members.enforced_at, ${now}) ELSE rollout_members.enforced_at END`,
          skipped: sql`CASE WHEN NOT (${isEnforced}) THEN ${skipReason(why)} END`,
        })
        .where(isInPart(rollout, part)),
      recordCounted(
        context,
        rollout,
        'enforce',
        sql`json_object('version', ${rollout.version}, 'scope', ${scope}, 'done', json(${after === null ? 'true' : 'false'}), 'users', (SELECT count(*) FROM rollout_members WHERE ${isInPart(rollout, part)} AND rollout_members.enforced_at = ${now}))`,
      ),
    ])
    changed = changedBy(results[3])
  })
  return ran ? changed : false
}

/** Rollouts whose date has come. */
export function findDue(db: Database, now: number, limit: number): Promise<Rollout[]> {
  return db
    .select()
    .from(rollouts)
    .where(and(isNotNull(rollouts.enforceAt), lte(rollouts.enforceAt, now)))
    .orderBy(rollouts.enforceAt)
    .limit(limit)
}

/** A date that came while a gate was shut: it does not come again by itself. */
export async function missDate(
  context: OperationContext,
  rollout: Rollout,
  code: string,
): Promise<void> {
  const { db, now } = context
  await db.batch([
    db
      .update(rollouts)
      .set({
        enforceAt: null,
        cursors: sql`json_remove(rollouts.cursors, '$.enforce')`,
        updatedAt: nowIf(now, sql`true`),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    recordRollout(
      context,
      rollout,
      'enforcement_missed',
      { code },
      { enforceAt: rollout.enforceAt },
    ),
  ])
}

// Rolling back.

export type Target = 'sso_enabled' | 'password'

/** Whom this rollout has enabled or enforced, on whichever version. */
const IS_TOUCHED = sql.raw(
  `(rollout_members.enabled_at IS NOT NULL OR rollout_members.enforced_at IS NOT NULL)`,
)

/** The statements that give users of a part of one version their password back. No gate stands before it. */
function release({ db, now }: OperationContext, rollout: Rollout, part: Part, target: Target) {
  const touched = sql`users.sid IN (SELECT rollout_members.user_sid FROM rollout_members WHERE ${isInPart(rollout, part)} AND ${IS_TOUCHED}) AND +users.connection_sid = ${rollout.connectionSid}`
  return [
    db
      .update(users)
      .set({
        signInMethod: target,
        ...(target === 'password' && { connectionSid: null }),
        updatedAt: now,
      })
      .where(
        target === 'password' ? touched : sql`${touched} AND users.sign_in_method = 'sso_enforced'`,
      ),
    db
      .update(rolloutMembers)
      .set({ enforcedAt: null, ...(target === 'password' && { enabledAt: null }) })
      .where(sql`${isInPart(rollout, part)} AND ${IS_TOUCHED}`),
  ] as const
}

/** Takes the go-ahead back, so that no enforcement goes on beside the rollback, and begins it. */
export function beginRollback(
  context: OperationContext,
  rollout: Rollout,
  cursor: RolloutCursor,
): Promise<true | Overtaken> {
  const { db, now } = context
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({
          approvedVersion: null,
          approvedBy: null,
          enforceAt: null,
          enforcedVersion: null,
          ...(cursor.part === 'password' && { enabledVersion: null }),
          cursors: sql`json_remove(json_set(rollouts.cursors, '$.roll_back', json(${JSON.stringify(cursor)})), '$.enforce', '$.enable')`,
          updatedAt: nowIf(now, sql`true`),
        })
        .where(eq(rollouts.sid, rollout.sid)),
      recordRollout(context, rollout, 'roll_back', { to: cursor.part, version: rollout.version }),
    ]),
  )
}

/** Rolls a chunk of one version back. Answers how many users that changed. */
export async function rollBackChunk(
  context: OperationContext,
  rollout: Rollout,
  target: Target,
  { part, before, after }: EnforcementChunk & { before: RolloutCursor },
): Promise<number | Overtaken> {
  const { db, now } = context
  let changed = 0
  const ran = await unlessOvertaken(async () => {
    const results = await db.batch([
      db
        .update(rollouts)
        .set({
          cursors: movedCursor('roll_back', before, after),
          ...(after === null && { rolledBackAt: now, updatedAt: nowIf(now, sql`true`) }),
        })
        .where(eq(rollouts.sid, rollout.sid)),
      ...release(context, { ...rollout, version: before.version }, part, target),
    ])
    changed = changedBy(results[1])
  })
  return ran ? changed : false
}

/** Gives chosen users their password back, and leaves them out of the newest list: no later step takes them again. */
export async function releaseUsers(
  context: OperationContext,
  rollout: Rollout,
  userSids: readonly string[],
  target: Target,
  decision: { reason: string; decidedBy: string },
): Promise<number> {
  const { db } = context
  const versions = Array.from({ length: rollout.version }, (_, index) => index + 1)
  const part = { userSids }
  const results = await db.batch([
    db
      .update(rolloutMembers)
      .set({ included: false, ...decision })
      .where(isInPart(rollout, part)),
    ...versions.flatMap((version) => release(context, { ...rollout, version }, part, target)),
    recordRollout(context, rollout, 'roll_back', {
      to: target,
      users: userSids.slice(0, 100),
      count: userSids.length,
      reason: decision.reason,
    }),
  ])
  return versions.reduce((sum, version) => sum + changedBy(results[2 * version - 1]), 0)
}

// Counting.

export type Counts = {
  listed: number
  included: number
  /** Of those included: have signed in through the connection. */
  proved: number
  /** Of those included: may sign in by SSO, or have to. */
  enabled: number
  /** Of those included: have to. */
  enforced: number
  informed: number
  /** Of those included: break-glass owners. */
  exempt: number
  /** Of those included and not exempt: have never signed in through the connection, and are not enforced yet. */
  unproved: number
}

export async function countProgress(db: Database, rollout: Rollout, now: number): Promise<Counts> {
  const { sid, version, connectionSid, tenantSid } = rollout
  const [row] = await db.all<Counts>(
    sql`SELECT count(*) AS listed, coalesce(sum(included), 0) AS included, coalesce(sum(included AND proved), 0) AS proved,
        coalesce(sum(included AND method <> 'password'), 0) AS enabled, coalesce(sum(included AND method = 'sso_enforced'), 0) AS enforced,
        coalesce(sum(included AND informed), 0) AS informed, coalesce(sum(included AND exempt), 0) AS exempt,
        coalesce(sum(included AND NOT proved AND NOT exempt AND method <> 'sso_enforced'), 0) AS unproved
      FROM (SELECT rollout_members.included, rollout_members.informed_at IS NOT NULL AS informed,
          CASE WHEN users.connection_sid = ${connectionSid} THEN users.sign_in_method ELSE 'password' END AS method,
          ${provedBy(connectionSid, sql.raw('users.sid'))} AS proved, ${exemptNow(tenantSid, sql.raw('users.sid'), now)} AS exempt
        FROM rollout_members JOIN users ON users.sid = rollout_members.user_sid
        WHERE rollout_members.rollout_sid = ${sid} AND rollout_members.version = ${version})`,
  )
  return row!
}

export type DayCount = { day: number; code: string; logins: number }

/** Logins through a connection by day and code, as counted when they came: at most as many rows a day as there are codes. */
export function findDailyLogins(
  db: Database,
  connectionSid: string,
  since: number,
): Promise<DayCount[]> {
  const { day, code, logins } = dailyLogins
  return db
    .select({ day, code, logins })
    .from(dailyLogins)
    .where(and(eq(dailyLogins.connectionSid, connectionSid), gte(day, since), gt(logins, 0)))
    .orderBy(day, code)
}
