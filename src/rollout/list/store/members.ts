// The SQL that reads a frozen list: its rows, counts, and the difference of two versions.
import { and, eq, gt, isNotNull, isNull, notExists, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { users } from '../../../directory/tables.ts'
import { rolloutMembers } from '../tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import type { Rollout } from '../../cohort/store.ts'
import type { Finding } from '../findings.ts'
import { hasFinding, isEnforcedUnproved, isLockedOutByAll } from './findings.ts'
import { isOnList } from './parts.ts'

const MEMBER = {
  userSid: rolloutMembers.userSid,
  externalID: users.externalID,
  /** When the list was made. */
  emailKey: rolloutMembers.emailKey,
  email: users.email,
  firstName: users.firstName,
  lastName: users.lastName,
  findings: rolloutMembers.findings,
  included: rolloutMembers.included,
  reason: rolloutMembers.reason,
  blockedBy: rolloutMembers.blockedBy,
  decidedBy: rolloutMembers.decidedBy,
  signInMethod: users.signInMethod,
  /** Which connection they sign in through now. */
  connectionSid: users.connectionSid,
  enabledAt: rolloutMembers.enabledAt,
  informedAt: rolloutMembers.informedAt,
  enforcedAt: rolloutMembers.enforcedAt,
  earlierMethod: rolloutMembers.earlierMethod,
  skipped: rolloutMembers.skipped,
}

/** A row as both sides see it, with the user as they are now. */
export type Member = Awaited<ReturnType<typeof findMembers>>[number]

export type MemberFilter = {
  finding?: Finding | undefined
  included?: boolean | undefined
  decided?: boolean | undefined
  /** The beginning of the login e-mail. */
  email?: string | undefined
  /** Those whom the last step has left out, or not. */
  skipped?: boolean | undefined
  /** Those who have to sign in by SSO and have never done so, or the others. */
  enforcedUnproved?: boolean | undefined
  /** Those whom enforcing everybody would lock out, or the others. */
  lockedOut?: boolean | undefined
}

export type MemberCursor = { emailKey: string; userSid: string }

/** In the order of e-mails; one row more than `limit`. */
export function findMembers(
  db: Database,
  rollout: Rollout,
  version: number,
  filter: MemberFilter,
  page: { limit: number; after: MemberCursor | null },
  now: number,
) {
  const { sid } = rollout
  const { finding, included, decided, email, skipped, enforcedUnproved, lockedOut } = filter
  const { emailKey, userSid } = rolloutMembers
  const isAfter =
    page.after && sql`(${emailKey}, ${userSid}) > (${page.after.emailKey}, ${page.after.userSid})`
  return db
    .select(MEMBER)
    .from(rolloutMembers)
    .innerJoin(users, eq(users.sid, userSid))
    .where(
      and(
        isOnList({ sid, version }),
        isAfter ?? undefined,
        finding && hasFinding(rolloutMembers.findings, finding),
        included === undefined ? undefined : eq(rolloutMembers.included, included),
        decided === undefined ? undefined : isSet(rolloutMembers.decidedBy, decided),
        skipped === undefined ? undefined : isSet(rolloutMembers.skipped, skipped),
        enforcedUnproved === undefined
          ? undefined
          : sql`${isEnforcedUnproved(rollout, now)} = ${enforcedUnproved ? 1 : 0}`,
        lockedOut === undefined
          ? undefined
          : sql`(${rolloutMembers.included} AND ${isLockedOutByAll(rollout, now)})
              = ${lockedOut ? 1 : 0}`,
        // '~' is the last character that an address has; the character after it is in none.
        email ? sql`${emailKey} >= ${email} AND ${emailKey} < ${`${email}\u007f`}` : undefined,
      ),
    )
    .orderBy(emailKey, userSid)
    .limit(page.limit + 1)
}

function isSet(
  column: typeof rolloutMembers.decidedBy | typeof rolloutMembers.skipped,
  wanted: boolean,
) {
  return wanted ? isNotNull(column) : isNull(column)
}

/** How many rows have which findings, in and out: one row for each combination that occurs. */
export function countFindings(db: Database, { sid }: Rollout, version: number) {
  const isDecided = sql<number>`${rolloutMembers.decidedBy} IS NOT NULL`
  const isAutomatic = sql<number>`${rolloutMembers.blockedBy} IS NOT NULL`
  return db
    .select({
      findings: rolloutMembers.findings,
      included: rolloutMembers.included,
      decided: isDecided,
      automatic: isAutomatic,
      rows: sql<number>`count(*)`,
    })
    .from(rolloutMembers)
    .where(isOnList({ sid, version }))
    .groupBy(rolloutMembers.findings, rolloutMembers.included, isDecided, isAutomatic)
}

export type Difference = { userSid: string; email: string }

/** Users in one version and not in another, in the order of SIDs; one row more than `limit`. */
export function findOnlyIn(
  db: Database,
  { sid }: Rollout,
  version: number,
  other: number,
  page: { limit: number; after: string },
): Promise<Difference[]> {
  return db
    .select({ userSid: rolloutMembers.userSid, email: users.email })
    .from(rolloutMembers)
    .innerJoin(users, eq(users.sid, rolloutMembers.userSid))
    .where(and(isOnlyIn(db, sid, version, other), gt(rolloutMembers.userSid, page.after)))
    .orderBy(rolloutMembers.userSid)
    .limit(page.limit + 1)
}

export function countOnlyIn(
  db: Database,
  { sid }: Rollout,
  version: number,
  other: number,
): Promise<number> {
  return db.$count(rolloutMembers, isOnlyIn(db, sid, version, other))
}

function isOnlyIn(db: Database, sid: string, version: number, other: number) {
  const counterpart = alias(rolloutMembers, 'counterpart')
  const inOther = db
    .select({ userSid: counterpart.userSid })
    .from(counterpart)
    .where(
      and(
        eq(counterpart.rolloutSid, sid),
        eq(counterpart.version, other),
        eq(counterpart.userSid, rolloutMembers.userSid),
      ),
    )
  return and(isOnList({ sid, version }), notExists(inOther))
}
