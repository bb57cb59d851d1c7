// The SQL of frozen lists: filling them in chunks, looking at their rows again, reading and deciding them.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { describeActor } from '../../events/actor.ts'
import type { Database } from '../../platform/db/client.ts'
import { users } from '../../directory/tables.ts'
import { rollouts, type RolloutCursor } from '../cohort/tables.ts'
import { rolloutMembers } from './tables.ts'
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
import { BLOCKERS, type Finding } from './findings.ts'

/** Rows that one statement touches at most. An object, so that tests can make chunks of a few rows. */
export const CHUNK = { rows: 1000 }

/** What the findings of a row depend on besides the user. */
type CohortContext = Pick<Rollout, 'tenantSid' | 'connectionSid' | 'selectors'> & { now: number }

/** The row that says that the IdP's list has been uploaded to its end. No address is empty. */
export const WHOLE_LIST = ''

const DOMAIN_OF_USER = sql.raw(`substr(users.email_key, instr(users.email_key, '@') + 1)`)

/** The findings about the row of `users` that a statement stands on, as JSON text. */
function findingsOf({ tenantSid, connectionSid, selectors, now }: CohortContext): SQL {
  // An upload that is under way for the first time does not say yet who is missing.
  const uploaded = sql`EXISTS (SELECT 1 FROM idp_users WHERE idp_users.connection_sid = ${connectionSid} AND idp_users.email_key = ${WHOLE_LIST})`
  const isListed = sql`EXISTS (SELECT 1 FROM idp_users WHERE idp_users.connection_sid = ${connectionSid} AND idp_users.email_key = users.email_key)`
  // What the IdP says of a user by SCIM counts beside its list. It never says who is missing: it provisions whom it is told to.
  const isProvisioned = sql`EXISTS (SELECT 1 FROM scim_users WHERE scim_users.connection_sid = ${connectionSid} AND scim_users.user_sid = users.sid AND scim_users.active = 1)`
  const isMapped = sql`EXISTS (SELECT 1 FROM aliases JOIN idp_users ON idp_users.connection_sid = aliases.connection_sid AND idp_users.email_key = aliases.email_key WHERE aliases.user_sid = users.sid AND aliases.connection_sid = ${connectionSid})`
  const hasAccount = (condition: SQL) =>
    sql`EXISTS (SELECT 1 FROM memberships JOIN accounts ON accounts.sid = memberships.account_sid WHERE memberships.user_sid = users.sid AND ${condition})`
  const verified = sql`FROM domains WHERE domains.tenant_sid = ${tenantSid} AND domains.verified_at IS NOT NULL`
  const isProved = provedBy(connectionSid, sql.raw('users.sid'))
  const conditions: Record<Finding, SQL> = {
    alias: sql`${uploaded} AND NOT ${isListed} AND NOT ${isProvisioned} AND NOT ${isMapped}`,
    plus_address: sql.raw(`instr(users.email_key, '+') > 0`),
    other_domain: sql`EXISTS (SELECT 1 ${verified}) AND NOT EXISTS (SELECT 1 ${verified} AND domains.domain = ${DOMAIN_OF_USER})`,
    // Where nobody has selected accounts, none is outside the selection.
    other_accounts:
      selectors.accounts.length === 0
        ? sql`0`
        : hasAccount(
            sql`accounts.tenant_sid = ${tenantSid} AND accounts.sid NOT IN (SELECT value FROM json_each(${JSON.stringify(selectors.accounts)}))`,
          ),
    other_tenant: hasAccount(sql`accounts.tenant_sid <> ${tenantSid}`),
    other_connection: sql`users.connection_sid <> ${connectionSid}`,
    suspended: sql`users.suspended_at IS NOT NULL`,
    break_glass: exemptNow(tenantSid, sql.raw('users.sid'), now),
    proved: isProved,
    never_proved: sql`NOT ${isProved}`,
  }
  const texts = Object.entries(conditions).map(
    ([finding, condition]) =>
      sql`CASE WHEN ${condition} THEN ${sql.raw(`'"${finding}",'`)} ELSE '' END`,
  )
  return sql`'[' || rtrim(${sql.join(texts, sql` || `)}, ',') || ']'`
}

/** Whether a user has logged in through the connection, by the IdP that it names now. */
export function provedBy(connectionSid: string, userSid: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM proofs WHERE proofs.connection_sid = ${connectionSid} AND proofs.user_sid = ${userSid} AND proofs.entity_id = (SELECT entity_id FROM connections WHERE connections.sid = ${connectionSid}))`
}

/** Whether a user is exempt from enforcement at that time. */
export function exemptNow(tenantSid: string, userSid: SQL, now: number): SQL {
  return sql`EXISTS (SELECT 1 FROM break_glass WHERE break_glass.tenant_sid = ${tenantSid} AND break_glass.user_sid = ${userSid} AND break_glass.ended_at IS NULL AND break_glass.expires_at > ${now})`
}

/** Whether findings have one that keeps the row out. */
export function isBlocked(findings: SQL): SQL {
  return sql`(${sql.join(
    BLOCKERS.map((blocker) => sql`instr(${findings}, ${sql.raw(`'"${blocker}"'`)}) > 0`),
    sql` OR `,
  )})`
}

const MEMBER_FINDINGS = sql.raw('rollout_members.findings')

// Freezing.

/** Where the users of a list come from: each source is gone through in the order of its key. */
export type Source =
  { kind: 'domains' } | { kind: 'account'; accountSid: string } | { kind: 'named' }

/** The keys of the next chunk of a source: the last one, and how many there are. */
export async function findChunk(
  db: Database,
  rollout: Rollout,
  source: Source,
  after: string,
  limit: number,
): Promise<{ last: string; rows: number } | undefined> {
  const [row] = await db.all<{ last: string; rows: number }>(
    sql`SELECT ${LAST_KEY} AS last, count(*) OVER () AS rows FROM (${keysOf(rollout, source, after, undefined)} LIMIT ${limit}) AS keys ORDER BY keys.created_at DESC, keys.sid DESC LIMIT 1`,
  )
  return row
}

const LAST_KEY = sql.raw(`printf('%013d %s', keys.created_at, keys.sid)`)

/**
 * The users of a source after one key and up to another, in order: (created_at, sid), where a source that needs no time
 * has 0 for it. A key is written as thirteen digits, a space, and a SID.
 */
function keysOf(rollout: Rollout, source: Source, after: string, last: string | undefined): SQL {
  const [afterTime, afterSid] = splitKey(after)
  const [lastTime, lastSid] = splitKey(last ?? '')
  const range = (userSid: SQL) =>
    sql`${userSid} > ${afterSid} ${last === undefined ? sql`` : sql`AND ${userSid} <= ${lastSid}`}`
  switch (source.kind) {
    case 'domains':
      return sql`SELECT users.created_at, users.sid FROM users WHERE users.tenant_sid = ${rollout.tenantSid} AND (users.created_at, users.sid) > (${afterTime}, ${afterSid}) ${last === undefined ? sql`` : sql`AND (users.created_at, users.sid) <= (${lastTime}, ${lastSid})`} ORDER BY users.created_at, users.sid`
    case 'account':
      return sql`SELECT 0 AS created_at, memberships.user_sid AS sid FROM memberships WHERE memberships.account_sid = ${source.accountSid} AND ${range(sql.raw('memberships.user_sid'))} ORDER BY memberships.user_sid`
    case 'named':
      return sql`SELECT 0 AS created_at, rollout_selections.user_sid AS sid FROM rollout_selections WHERE rollout_selections.rollout_sid = ${rollout.sid} AND ${range(sql.raw('rollout_selections.user_sid'))} ORDER BY rollout_selections.user_sid`
  }
}

function splitKey(key: string): [number, string] {
  return [Number(key.slice(0, 13)), key.slice(14)]
}

/** How many rows the sources have, one user in two sources counted twice; and who in the accounts is another tenant's. */
export async function countSources(
  db: Database,
  { sid, tenantSid, selectors }: Rollout,
): Promise<{ total: number; foreignUsers: number; named: number }> {
  const chosen = sql`(SELECT value FROM json_each(${JSON.stringify(selectors.accounts)}))`
  const [row] = await db.all<{
    members: number
    named: number
    tenantUsers: number
    foreignUsers: number
  }>(sql`SELECT
    (SELECT count(*) FROM memberships WHERE account_sid IN ${chosen}) AS members,
    (SELECT count(*) FROM rollout_selections WHERE rollout_sid = ${sid}) AS named,
    (SELECT count(*) FROM users WHERE ${selectors.domains.length > 0 ? 1 : 0} AND tenant_sid = ${tenantSid}) AS tenantUsers,
    (SELECT count(DISTINCT users.sid) FROM memberships JOIN users ON users.sid = memberships.user_sid WHERE memberships.account_sid IN ${chosen} AND users.tenant_sid <> ${tenantSid}) AS foreignUsers`)
  const { members, named, tenantUsers, foreignUsers } = row!
  return { total: members + named + tenantUsers, foreignUsers, named }
}

/** Begins the next version. What the one before had reached does not count for it. */
export function beginVersion(
  context: OperationContext,
  rollout: Rollout,
  cursor: RolloutCursor,
  foreignUsers: number,
): Promise<true | Overtaken> {
  const { db, now } = context
  const roll = sql`json_extract(rollouts.cursors, '$.roll_back')`
  const freeze = sql`json(${JSON.stringify(cursor)})`
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({
          version: cursor.version,
          frozen: false,
          versionAt: now,
          foreignUsers,
          // A rollback goes through all versions: it goes on.
          cursors: sql`CASE WHEN ${roll} IS NULL THEN json_object('freeze', ${freeze}) ELSE json_object('freeze', ${freeze}, 'roll_back', json(${roll})) END`,
          updatedAt: nowIf(
            now,
            sql`rollouts.version = ${cursor.version - 1} AND rollouts.updated_at = ${rollout.updatedAt}`,
          ),
        })
        .where(eq(rollouts.sid, rollout.sid)),
      recordRollout(context, rollout, 'freeze', {
        version: cursor.version,
        ...rollout.selectors,
      }),
    ]),
  )
}

/** The parts of a chunk of freezing: source and range of keys. */
export type FreezePart = { source: Source; after: string; last: string }

/**
 * Fills in a chunk of the list: users of this tenant who were there when the version was begun, with what reviewers have
 * decided about them in the version before.
 */
export function fillVersion(
  context: OperationContext,
  rollout: Rollout,
  parts: readonly FreezePart[],
  before: RolloutCursor,
  after: RolloutCursor | null,
): Promise<true | Overtaken> {
  const { db, now } = context
  const { sid, tenantSid, version, versionAt } = rollout
  const fill = ({ source, after: from, last }: FreezePart) => {
    const inDomains =
      source.kind === 'domains'
        ? sql`AND ${DOMAIN_OF_USER} IN (SELECT value FROM json_each(${JSON.stringify(rollout.selectors.domains)})) AND EXISTS (SELECT 1 FROM domains WHERE domains.tenant_sid = ${tenantSid} AND domains.domain = ${DOMAIN_OF_USER} AND domains.verified_at IS NOT NULL)`
        : sql``
    return db
      .insert(rolloutMembers)
      .select(
        sql`WITH chosen AS MATERIALIZED (
          SELECT users.sid, users.email_key, ${findingsOf({ ...rollout, now })} AS findings
          FROM (${keysOf(rollout, source, from, last)}) AS keys JOIN users ON users.sid = keys.sid
          WHERE +users.tenant_sid = ${tenantSid} AND +users.created_at <= ${versionAt} ${inDomains}
        )
        SELECT ${sid}, ${version}, chosen.sid, chosen.email_key, chosen.findings,
          CASE
            WHEN ${isBlocked(sql.raw('chosen.findings'))} THEN 0
            WHEN earlier.decided_by IS NOT NULL THEN earlier.included
            ELSE 1
          END,
          earlier.reason, earlier.decided_by, NULL, earlier.informed_at, NULL, NULL
        FROM chosen LEFT JOIN rollout_members AS earlier
          ON earlier.rollout_sid = ${sid} AND earlier.version = ${version - 1} AND earlier.user_sid = chosen.sid
        WHERE true`,
      )
      .onConflictDoNothing()
  }
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({
          cursors: movedCursor('freeze', before, after),
          ...(after === null && { frozen: true, updatedAt: nowIf(now, sql`true`) }),
        })
        .where(and(eq(rollouts.sid, sid), eq(rollouts.version, version))),
      ...parts.map(fill),
      ...(after === null
        ? [
            recordCounted(
              context,
              rollout,
              'frozen',
              sql`json_object('version', ${version}, 'users', (SELECT count(*) FROM rollout_members WHERE rollout_sid = ${sid} AND version = ${version}))`,
            ),
          ]
        : []),
    ]),
  )
}

// Looking again.

/** A part of a list: after one user and up to another in the order of SIDs, or certain users. */
export type Part = { after: string; last: string } | { userSids: readonly string[] }

export function isInPart({ sid, version }: Pick<Rollout, 'sid' | 'version'>, part: Part): SQL {
  return sql`rollout_members.rollout_sid = ${sid} AND rollout_members.version = ${version} AND ${
    'userSids' in part
      ? sql`rollout_members.user_sid IN (SELECT value FROM json_each(${JSON.stringify(part.userSids)}))`
      : sql`rollout_members.user_sid > ${part.after} AND rollout_members.user_sid <= ${part.last}`
  }`
}

/** The last user of the next chunk of a list, and how many it has. */
export async function findMembersChunk(
  db: Database,
  { sid, version }: Pick<Rollout, 'sid' | 'version'>,
  after: string,
): Promise<{ last: string; rows: number } | undefined> {
  const [row] = await db.all<{ last: string | null; rows: number }>(
    sql`SELECT max(user_sid) AS last, count(*) AS rows FROM (SELECT user_sid FROM rollout_members WHERE rollout_sid = ${sid} AND version = ${version} AND user_sid > ${after} ORDER BY user_sid LIMIT ${CHUNK.rows})`,
  )
  return row && row.last !== null ? { last: row.last, rows: row.rows } : undefined
}

export function countMembers(
  db: Database,
  { sid, version }: Pick<Rollout, 'sid' | 'version'>,
): Promise<number> {
  return db.$count(
    rolloutMembers,
    and(eq(rolloutMembers.rolloutSid, sid), eq(rolloutMembers.version, version)),
  )
}

/**
 * The statements that look at rows again, for the batch of whatever relies on them. A row with a new blocker goes out by
 * itself, and comes in only by a person: it has not been decided as it is now.
 */
export function lookAgain(db: Database, rollout: Rollout, part: Part, now: number) {
  const inPart = isInPart(rollout, part)
  return [
    db
      .update(rolloutMembers)
      .set({ findings: sql`fresh.findings` })
      .from(
        sql`(SELECT users.sid, ${findingsOf({ ...rollout, now })} AS findings FROM rollout_members JOIN users ON users.sid = rollout_members.user_sid WHERE ${inPart}) AS fresh`,
      )
      .where(
        sql`${inPart} AND rollout_members.user_sid = fresh.sid AND rollout_members.findings <> fresh.findings`,
      ),
    db
      .update(rolloutMembers)
      .set({ included: false, decidedBy: null, reason: null })
      .where(sql`${inPart} AND rollout_members.included = 1 AND ${isBlocked(MEMBER_FINDINGS)}`),
  ] as const
}

/** Looks at a chunk again, for its own sake. */
export function refreshChunk(
  { db, now }: OperationContext,
  rollout: Rollout,
  part: Part,
  before: RolloutCursor | undefined,
  after: RolloutCursor | null,
): Promise<true | Overtaken> {
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({ cursors: movedCursor('refresh', before, after) })
        .where(eq(rollouts.sid, rollout.sid)),
      ...lookAgain(db, rollout, part, now),
    ]),
  )
}

/** The newest complete lists of a connection that have a user on them: what a cure has to look at again. */
export function findListsOf(
  db: Database,
  connectionSid: string,
  userSid: string,
): Promise<Rollout[]> {
  return db
    .select()
    .from(rollouts)
    .where(
      and(
        eq(rollouts.connectionSid, connectionSid),
        eq(rollouts.frozen, true),
        sql`EXISTS (SELECT 1 FROM rollout_members WHERE rollout_members.rollout_sid = rollouts.sid AND rollout_members.version = rollouts.version AND rollout_members.user_sid = ${userSid})`,
      ),
    )
    .limit(20)
}

// Reading.

/** A row as both sides see it, with the user as he is now. */
export type Member = {
  userSid: string
  externalID: string | null
  /** When the list was made. */
  emailKey: string
  email: string
  firstName: string | null
  lastName: string | null
  findings: Finding[]
  included: boolean
  reason: string | null
  decidedBy: string | null
  signInMethod: (typeof users.$inferSelect)['signInMethod']
  enabledAt: number | null
  informedAt: number | null
  enforcedAt: number | null
  skipped: string | null
}

export type MemberFilter = {
  finding?: Finding | undefined
  included?: boolean | undefined
  decided?: boolean | undefined
  /** The beginning of the login e-mail. */
  email?: string | undefined
  /** Those whom the last step has left out, or not. */
  skipped?: boolean | undefined
}

export type MemberCursor = { emailKey: string; userSid: string }

/** In the order of e-mails; one row more than `limit`. */
export async function findMembers(
  db: Database,
  { sid }: Rollout,
  version: number,
  filter: MemberFilter,
  page: { limit: number; after: MemberCursor | null },
): Promise<Member[]> {
  const { finding, included, decided, email, skipped } = filter
  return db
    .select({
      userSid: rolloutMembers.userSid,
      externalID: users.externalID,
      emailKey: rolloutMembers.emailKey,
      email: users.email,
      firstName: users.firstName,
      lastName: users.lastName,
      findings: sql<Finding[]>`${rolloutMembers.findings}`.mapWith(
        (text: string) => JSON.parse(text) as Finding[],
      ),
      included: rolloutMembers.included,
      reason: rolloutMembers.reason,
      decidedBy: rolloutMembers.decidedBy,
      signInMethod: users.signInMethod,
      enabledAt: rolloutMembers.enabledAt,
      informedAt: rolloutMembers.informedAt,
      enforcedAt: rolloutMembers.enforcedAt,
      skipped: rolloutMembers.skipped,
    })
    .from(rolloutMembers)
    .innerJoin(users, eq(users.sid, rolloutMembers.userSid))
    .where(
      and(
        eq(rolloutMembers.rolloutSid, sid),
        eq(rolloutMembers.version, version),
        page.after === null
          ? undefined
          : sql`(${rolloutMembers.emailKey}, ${rolloutMembers.userSid}) > (${page.after.emailKey}, ${page.after.userSid})`,
        finding && sql`instr(${rolloutMembers.findings}, ${JSON.stringify(finding)}) > 0`,
        included === undefined ? undefined : eq(rolloutMembers.included, included),
        decided === undefined
          ? undefined
          : sql`(${rolloutMembers.decidedBy} IS NOT NULL) = ${decided ? 1 : 0}`,
        skipped === undefined
          ? undefined
          : sql`(${rolloutMembers.skipped} IS NOT NULL) = ${skipped ? 1 : 0}`,
        // '~' is the last character that an address has; what follows it is none.
        email
          ? sql`${rolloutMembers.emailKey} >= ${email} AND ${rolloutMembers.emailKey} < ${`${email}\u007f`}`
          : undefined,
      ),
    )
    .orderBy(rolloutMembers.emailKey, rolloutMembers.userSid)
    .limit(page.limit + 1)
}

/** How many rows of a list have which findings, in and out. One row for each combination that occurs. */
export function countFindings(
  db: Database,
  { sid }: Rollout,
  version: number,
): Promise<{ findings: string; included: number; decided: number; rows: number }[]> {
  return db.all(
    sql`SELECT findings, included, decided_by IS NOT NULL AS decided, count(*) AS rows FROM rollout_members WHERE rollout_sid = ${sid} AND version = ${version} GROUP BY 1, 2, 3`,
  )
}

export type Difference = { userSid: string; email: string }

/** Who is in one version and not in another, in the order of SIDs; one row more than `limit`. */
export function findOnlyIn(
  db: Database,
  { sid }: Rollout,
  version: number,
  other: number,
  page: { limit: number; after: string },
): Promise<Difference[]> {
  return db.all(
    sql`SELECT one.user_sid AS userSid, users.email FROM rollout_members AS one JOIN users ON users.sid = one.user_sid
      WHERE one.rollout_sid = ${sid} AND one.version = ${version} AND one.user_sid > ${page.after}
        AND NOT EXISTS (SELECT 1 FROM rollout_members AS two WHERE two.rollout_sid = ${sid} AND two.version = ${other} AND two.user_sid = one.user_sid)
      ORDER BY one.user_sid LIMIT ${page.limit + 1}`,
  )
}

export async function countOnlyIn(
  db: Database,
  { sid }: Rollout,
  version: number,
  other: number,
): Promise<number> {
  const [row] = await db.all<{ rows: number }>(
    sql`SELECT count(*) AS rows FROM rollout_members AS one
      WHERE one.rollout_sid = ${sid} AND one.version = ${version}
        AND NOT EXISTS (SELECT 1 FROM rollout_members AS two WHERE two.rollout_sid = ${sid} AND two.version = ${other} AND two.user_sid = one.user_sid)`,
  )
  return row!.rows
}

// Deciding.

export type Decision = { included: boolean; reason: string | null }

/** What has been taken from the newest list is as it was named: a step that named another list does not count. */
const isNewest = (version: number) => sql`rollouts.version = ${version} AND rollouts.frozen = 1`

/**
 * Decides rows of the newest list and takes back the steps that were made for what it was before. Answers how many rows
 * are as decided, and up to a thousand that a finding keeps out.
 */
export async function decideRows(
  context: OperationContext,
  rollout: Rollout,
  part: Part,
  finding: Finding | undefined,
  { included, reason }: Decision,
): Promise<{ decided: number; refused: { userSid: string; findings: string }[] } | Overtaken> {
  const { db, actor, now } = context
  const inPart = sql`${isInPart(rollout, part)} ${finding ? sql`AND instr(rollout_members.findings, ${JSON.stringify(finding)}) > 0` : sql``}`
  const free = included ? sql`NOT ${isBlocked(MEMBER_FINDINGS)}` : sql`true`
  const decidedBy = describeActor(actor)
  const isNews = sql`NOT (rollout_members.included = ${included ? 1 : 0} AND rollout_members.reason IS ${reason} AND rollout_members.decided_by IS ${decidedBy})`
  let answer: { decided: number; refused: { userSid: string; findings: string }[] } | undefined
  const ran = await unlessOvertaken(async () => {
    const results = await db.batch([
      db
        .update(rollouts)
        .set({
          reviewedVersion: null,
          reviewedBy: null,
          approvedVersion: null,
          approvedBy: null,
          enforceAt: null,
          ...(included && { enabledVersion: null, informedVersion: null }),
          updatedAt: nowIf(now, isNewest(rollout.version)),
        })
        .where(eq(rollouts.sid, rollout.sid)),
      ...lookAgain(db, rollout, part, now),
      // Before the rows are changed: a call that is repeated changes none, and says so.
      recordCounted(
        context,
        rollout,
        included ? 'include' : 'exclude',
        sql`json_object('version', ${rollout.version}, 'finding', ${finding ?? null}, 'reason', ${reason}, 'users', (SELECT count(*) FROM rollout_members WHERE ${inPart} AND ${free} AND ${isNews}))`,
      ),
      db
        .update(rolloutMembers)
        .set({ included, reason, decidedBy })
        .where(sql`${inPart} AND ${free}`),
      db
        .select({ rows: sql<number>`count(*)` })
        .from(rolloutMembers)
        .where(sql`${inPart} AND ${free}`),
      db
        .select({
          userSid: rolloutMembers.userSid,
          findings: sql<string>`rollout_members.findings`.as('row_findings'),
        })
        .from(rolloutMembers)
        .where(sql`${inPart} AND NOT (${free})`)
        .orderBy(rolloutMembers.userSid),
    ])
    const [, , , , , [counted], refused] = results
    answer = { decided: counted!.rows, refused }
  })
  return ran && answer ? answer : false
}

/** The review of the newest list, complete as it is. */
export function recordReview(
  context: OperationContext,
  rollout: Rollout,
  reviewedBy: string,
): Promise<true | Overtaken> {
  const { db, now } = context
  const { sid, version } = rollout
  const count = (included: 0 | 1) =>
    sql`(SELECT count(*) FROM rollout_members WHERE rollout_sid = ${sid} AND version = ${version} AND included = ${included})`
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({
          reviewedVersion: version,
          reviewedBy,
          updatedAt: nowIf(now, isNewest(version)),
        })
        .where(eq(rollouts.sid, sid)),
      recordCounted(
        context,
        rollout,
        'review',
        sql`json_object('version', ${version}, 'statement', 'the included users exist in the IdP', 'included', ${count(1)}, 'excluded', ${count(0)})`,
      ),
    ]),
  )
}
